import type { RootDatabase } from 'lmdb';

/** Changes whenever rows are written in a form that the version before cannot read. */
const FORMAT = '1';
const KEY = 'format';

/** Called when the file is made, so that later versions know how to read its rows. */
export function writeFormat(root: RootDatabase<string, string>): void {
  metaOf(root).putSync(KEY, FORMAT);
}

/** Throws for a file whose rows would be misread. */
export function checkFormat(root: RootDatabase<string, string>, folder: string): void {
  const found = metaOf(root).get(KEY);
  if (found === FORMAT) return;
  throw new Error(
    `${folder} was written by another version of Muster: its format is ${found ?? 'not known'}, this version reads ` +
      `${FORMAT}. Start the version that wrote it, or begin with an empty folder`,
  );
}

function metaOf(root: RootDatabase<string, string>) {
  return root.openDB<string, string>({ name: 'meta', encoding: 'string' });
}
