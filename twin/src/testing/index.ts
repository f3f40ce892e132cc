/**
 * For property tests: random documents and layers, small enough that names collide and layers disagree, and
 * `isBeaten`, the specification of `isOverridden`.
 */
export { documents, layerLists, nameList, nullFreeDocuments } from './arbitrary.js';
export { isBeaten } from './is-beaten.js';
