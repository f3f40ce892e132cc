/** Random documents and layers for property tests, small enough that names collide and layers disagree. */
export { documents, layerLists, nameList, nullFreeDocuments } from './arbitrary.js';
