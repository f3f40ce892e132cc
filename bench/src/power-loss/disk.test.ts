import { expect, test } from 'vitest';
import { Disk } from './disk.js';
import type { DiskEvent } from './disk-event.js';
import { SECTOR_BYTES } from './recorded-file.js';
import { type Survival, survivalOf } from './survival.js';

const NONE = survivalOf('none', () => 0);
const ALL = survivalOf('all', () => 0);

/** Creates the file `f` and syncs its folder. */
const MADE: readonly DiskEvent[] = [
  { type: 'opened', handle: 1, path: '', isCreating: false },
  { type: 'opened', handle: 2, path: 'f', isCreating: true },
  ...sync(1, 1),
];

function sync(call: number, handle: number): DiskEvent[] {
  return [
    { type: 'sync-began', call, handle },
    { type: 'sync-ended', call },
  ];
}

function write(call: number, text: string, { position = 0, isSynced = false } = {}): DiskEvent[] {
  return [
    { type: 'write-began', call, handle: 2, position, bytes: Buffer.from(text) },
    { type: 'write-ended', call, isSynced },
  ];
}

function textAfter(events: readonly DiskEvent[], survival: Survival): string | undefined {
  const disk = new Disk();
  for (const event of events) disk.apply(event);
  return disk.image(survival).files.get('f')?.toString();
}

/** Sectors of one letter each. */
function sectors(letters: string): string {
  return [...letters].map((letter) => letter.repeat(SECTOR_BYTES)).join('');
}

test.each<[string, DiskEvent[], string, string]>([
  ['unsynced data may be lost or kept', write(2, 'one'), '', 'one'],
  ['synced data is kept', [...write(2, 'one'), ...sync(3, 2)], 'one', 'one'],
  ['a sync that did not return promises nothing', [...write(2, 'one'), ...sync(3, 2).slice(0, 1)], '', 'one'],
  ['a faked sync promises nothing', [...write(2, 'one'), { type: 'sync-faked', call: 3 }], '', 'one'],
  [
    'a write that began during a sync is not part of it',
    [...write(2, 'one'), ...sync(4, 2).slice(0, 1), ...write(3, 'two'), ...sync(4, 2).slice(1)],
    'one',
    'two',
  ],
  [
    'a write that had not returned when a sync began is not part of it',
    [...write(2, 'one').slice(0, 1), ...sync(3, 2), ...write(2, 'one').slice(1)],
    '',
    'one',
  ],
  [
    'a synced write is on disk, and writes elsewhere are not',
    [...write(2, sectors('a')), ...write(3, 'b', { position: SECTOR_BYTES, isSynced: true })],
    `${'\0'.repeat(SECTOR_BYTES)}b`,
    `${sectors('a')}b`,
  ],
  [
    'a sector on disk does not go back to what it was before',
    [...write(2, sectors('aa')), ...write(3, sectors('b'), { isSynced: true })],
    sectors('b'),
    sectors('ba'),
  ],
  [
    'a sector is written as it was in memory',
    [...write(2, 'one'), ...write(3, 'two', { position: 3, isSynced: true })],
    'onetwo',
    'onetwo',
  ],
])('%s', (_, events, lost, kept) => {
  expect(textAfter([...MADE, ...events], NONE)).toBe(lost);
  expect(textAfter([...MADE, ...events], ALL)).toBe(kept);
});

test('a torn write keeps some of its sectors; a hole reads as zeros', () => {
  const keepsSecond: Survival = { ...NONE, write: (count) => Array.from({ length: count }, (_, index) => index === 1) };
  expect(textAfter([...MADE, ...write(2, sectors('abc'))], keepsSecond)).toBe(sectors('\0b'));
  expect(textAfter([...MADE, ...write(2, sectors('abc'))], { ...keepsSecond, length: () => true })).toBe(
    sectors('\0b\0'),
  );
});

test('a file whose folder was not synced may be gone, whatever was synced in it', () => {
  const events = [...MADE.slice(0, 2), ...write(2, 'one'), ...sync(3, 2)];
  expect(textAfter(events, NONE)).toBeUndefined();
  expect(textAfter(events, ALL)).toBe('one');
  expect(textAfter([...events, ...sync(4, 1)], NONE)).toBe('one');
});

test('a lost folder loses everything below it; a sync of a different folder does not help', () => {
  const disk = new Disk();
  const events: DiskEvent[] = [
    { type: 'directory-made', path: 'a' },
    { type: 'opened', handle: 1, path: 'a', isCreating: false },
    { type: 'opened', handle: 2, path: 'a/f', isCreating: true },
    ...sync(1, 1),
  ];
  for (const event of events) disk.apply(event);
  expect([...disk.image(NONE).directories, ...disk.image(NONE).files.keys()]).toEqual(['']);
  expect([...disk.image(ALL).directories, ...disk.image(ALL).files.keys()]).toEqual(['', 'a', 'a/f']);
});

test('a lost rename leaves the old name, a kept one only the new name', () => {
  const events: DiskEvent[] = [...MADE, { type: 'renamed', from: 'f', to: 'g' }];
  const disk = new Disk();
  for (const event of events) disk.apply(event);
  expect([...disk.image(NONE).files.keys()]).toEqual(['f']);
  expect([...disk.image(ALL).files.keys()]).toEqual(['g']);
});
