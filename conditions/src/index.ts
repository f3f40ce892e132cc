/**
 * The condition language and its indexes, pure.
 *
 * Promises a stranger can check:
 * - `parseCondition` returns a condition or throws `bad-condition` with a span inside the text and a hint, for any
 *   text, however long or deep. Other users of the same parser library in the process change nothing.
 * - A condition is TRUE, FALSE or UNKNOWN; only TRUE matches. Evaluation never throws and coerces nothing.
 * - `condition.test(subject)` equals the plain tree walk `evaluate(condition.root, subject)`.
 * - `parseCondition(printCondition(condition.root), scope)` is the same condition, as long as the
 *   canonical spelling is within the length limit.
 * - Every `ConditionIndex` returns what `ScanIndex` returns. The cost of `KeyIndex` follows the result, not all stored
 *   conditions; `explainAccess` returns the keys of a condition, or why it has none.
 * - `DeviceIndex` finds every device of which a condition is TRUE and, where the result is exact, no other;
 *   `plan` says how, and what remains to be verified.
 * - `normalize` returns a tree that is TRUE, FALSE and UNKNOWN of the same subjects.
 */

export type { Candidates } from './devices/candidates.js';
export { DeviceIndex, type DeviceIndexCounters, type DeviceIndexOptions } from './devices/device-index.js';
export type { Plan, PlanOperator, PlanStep } from './devices/planning/plan.js';
export type { Preparation } from './devices/storage/preparation.js';
export { type AccessExplanation, explainAccess } from './key-index/access/explain-access.js';
export type { ConditionIndex } from './key-index/condition-index.js';
export type { IndexCounters } from './key-index/index-counters.js';
export { KeyIndex } from './key-index/key-index.js';
export { ScanIndex } from './key-index/scan-index.js';
export { compile } from './language/compile.js';
export type {
  AndNode,
  ArrayContainsNode,
  ComparisonKind,
  ComparisonNode,
  Condition,
  ConditionNode,
  ConditionScope,
  ConstantNode,
  InNode,
  LiteralOperand,
  LowerOperand,
  NotNode,
  Operand,
  OrNode,
  PathOperand,
  Span,
  Subject,
  SubjectMember,
  SubjectPath,
  TextTestKind,
  TextTestNode,
  Truth,
  TruthNode,
  TypeTestKind,
  TypeTestNode,
  VersionOperand,
} from './language/condition.js';
export { evaluate } from './language/evaluate.js';
export { normalize } from './language/normalize.js';
export { printCondition } from './language/print.js';
export { compareSemanticVersions, parseSemanticVersion, type SemanticVersion } from './language/semantic-version.js';
export { explainUnknown } from './language/unknown.js';
export { parseCondition } from './parse/parse.js';
