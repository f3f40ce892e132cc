import { checkDocument, documentBytes, type JsonObject, mergePatch, parseObject, TwinError } from '@muster/twin';

/** A patch of this size fits into one packet together with its envelope. */
export const PATCH_BYTES_MAX = 128 * 1024;

/**
 * Returns a copy of the patch as it will be sent. Throws a TwinError if the server would refuse it over any document:
 * every member that is not null becomes part of the document. The check runs before reports are composed, so that a
 * bad report does not spoil others.
 */
export function checkReport(patch: JsonObject): JsonObject {
  const copy = parseObject(JSON.stringify(patch) ?? '');
  // Check the original: JSON.stringify turns NaN into null, which removes a member.
  checkDocument('reported', mergePatch({}, patch));
  const bytes = documentBytes(copy);
  if (bytes <= PATCH_BYTES_MAX) return copy;
  throw new TwinError(
    'too-large',
    `the report has ${bytes} bytes as JSON, at most ${PATCH_BYTES_MAX} are allowed: split it`,
  );
}
