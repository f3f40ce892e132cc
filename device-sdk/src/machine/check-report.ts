import { checkDocument, documentBytes, type JsonObject, mergePatch, parseObject, TwinError } from '@muster/twin';

/** A patch has room in a packet together with its envelope. */
export const PATCH_BYTES_MAX = 128 * 1024;

/**
 * A copy of the patch as it will travel, or a TwinError for what the server would refuse whatever it holds by
 * then: everything in the patch that is not null becomes part of the document. Found here it harms nobody else,
 * since reports travel composed.
 */
export function checkReport(patch: JsonObject): JsonObject {
  const copy = parseObject(JSON.stringify(patch) ?? '');
  // On the original: JSON.stringify would make null, which is "remove this", out of NaN.
  checkDocument('reported', mergePatch({}, patch));
  const bytes = documentBytes(copy);
  if (bytes <= PATCH_BYTES_MAX) return copy;
  throw new TwinError('too-large', `the report has ${bytes} bytes as JSON, ${PATCH_BYTES_MAX} are allowed: split it`);
}
