/**
 * A version by semver.org 2.0.0, without its build metadata, which does not affect the order. Numeric parts stay
 * texts of digits, because the specification does not limit their length.
 */
export interface SemanticVersion {
  readonly core: readonly [string, string, string];
  /** Empty for a release. */
  readonly preRelease: readonly string[];
}

/** Returns `undefined` if the text is not a semantic version. */
export function parseSemanticVersion(text: string): SemanticVersion | undefined {
  const [withoutBuild, build] = splitAt(text, '+');
  const [core, preRelease] = splitAt(withoutBuild, '-');
  const parts = core.split('.');
  const [major, minor, patch] = parts;
  if (major === undefined || minor === undefined || patch === undefined || parts.length !== 3) return undefined;
  if (!parts.every((part) => NUMBER.test(part))) return undefined;
  if (build !== undefined && !build.split('.').every((part) => WORD.test(part))) return undefined;
  const identifiers = preRelease?.split('.') ?? [];
  if (!identifiers.every(isPreReleaseIdentifier)) return undefined;
  return { core: [major, minor, patch], preRelease: identifiers };
}

/** Returns a number below 0, 0, or a number above 0 (semver.org, clause 11). */
export function compareSemanticVersions(left: SemanticVersion, right: SemanticVersion): number {
  return (
    compareNumbers(left.core[0], right.core[0]) ||
    compareNumbers(left.core[1], right.core[1]) ||
    compareNumbers(left.core[2], right.core[2]) ||
    comparePreReleases(left.preRelease, right.preRelease)
  );
}

const NUMBER = /^(?:0|[1-9][0-9]*)$/;
const DIGITS = /^[0-9]+$/;
const WORD = /^[0-9A-Za-z-]+$/;

function splitAt(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

function isPreReleaseIdentifier(text: string): boolean {
  return DIGITS.test(text) ? NUMBER.test(text) : WORD.test(text);
}

/** A release comes after its pre-releases. If one list is the beginning of the other, the longer one comes later. */
function comparePreReleases(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return right.length - left.length;
  for (const [index, identifier] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = compareIdentifiers(identifier, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Numbers come before words. */
function compareIdentifiers(left: string, right: string): number {
  const [leftIsNumber, rightIsNumber] = [DIGITS.test(left), DIGITS.test(right)];
  if (leftIsNumber && rightIsNumber) return compareNumbers(left, right);
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1;
  return compareTexts(left, right);
}

/** Neither number has leading zeros, so the longer one is greater. */
function compareNumbers(left: string, right: string): number {
  return left.length - right.length || compareTexts(left, right);
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
