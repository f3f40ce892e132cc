import { expect, test } from 'vitest';
import type { DiskEvent } from './disk-event.js';
import { TraceParser } from './trace-parser.js';

function quoted(text: string): string {
  return `"${[...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
}

function eventsOf(lines: readonly string[]): DiskEvent[] {
  const parser = new TraceParser({ root: '/root', marks: '/marks' });
  return lines.flatMap((line) => parser.read(line));
}

const open = (descriptor: number, flags = 'O_RDWR|O_CREAT') =>
  `7  openat(AT_FDCWD, ${quoted('/root/a/data.mdb')}, ${flags}, 0664) = ${descriptor}`;

test('operations on files below the root become events, in order', () => {
  const lines = [
    `7  mkdir(${quoted('/root/a')}, 0700)              = 0`,
    open(5),
    `7  pwrite64(5, ${quoted('one')}, 3, 4096)         = 3 (DELAYED)`,
    `7  lseek(5, 100, SEEK_SET)           = 100`,
    `7  writev(5, [{iov_base=${quoted('two')}, iov_len=3}, {iov_base=${quoted('three')}, iov_len=5}], 2) = 8`,
    '7  fdatasync(5)                      = 0 (DELAYED)',
    `7  rename(${quoted('/root/a/data.mdb')}, ${quoted('/root/b')}) = 0`,
    `7  unlink(${quoted('/root/b')})       = 0`,
  ];
  expect(eventsOf(lines)).toEqual([
    { type: 'directory-made', path: 'a' },
    { type: 'opened', handle: 2, path: 'a/data.mdb', isCreating: true },
    { type: 'write-began', call: 3, handle: 2, position: 4096, bytes: Buffer.from('one') },
    { type: 'write-ended', call: 3, isSynced: false },
    { type: 'write-began', call: 5, handle: 2, position: 100, bytes: Buffer.from('twothree') },
    { type: 'write-ended', call: 5, isSynced: false },
    { type: 'sync-began', call: 6, handle: 2 },
    { type: 'sync-ended', call: 6 },
    { type: 'renamed', from: 'a/data.mdb', to: 'b' },
    { type: 'removed', path: 'b' },
  ]);
});

test('a call during which another thread was seen began at its first line and ended at its second', () => {
  const lines = [
    open(5),
    `7  openat(AT_FDCWD, ${quoted('/marks')}, O_WRONLY|O_CREAT|O_TRUNC, 0666) = 6`,
    '8  fdatasync(5 <unfinished ...>',
    `7  write(6, ${quoted('{"type":"sent","writes":3}\n')}, 27) = 27`,
    '8  <... fdatasync resumed>)          = 0',
  ];
  expect(eventsOf(lines).slice(1)).toEqual([
    { type: 'sync-began', call: 3, handle: 1 },
    { type: 'mark', mark: { type: 'sent', writes: 3 } },
    { type: 'sync-ended', call: 3 },
  ]);
});

test('a write to a file that was opened for synced writes is synced; a faked sync is none', () => {
  const lines = [
    open(5, 'O_WRONLY|O_DSYNC|O_CLOEXEC'),
    `7  pwrite64(5, ${quoted('x')}, 1, 0)           = 1`,
    '7  fdatasync(5)                      = 0 (INJECTED)',
  ];
  const types = eventsOf(lines).map((event) => (event.type === 'write-ended' ? event.isSynced : event.type));
  expect(types).toEqual(['opened', 'write-began', true, 'sync-began', 'sync-faked']);
});

test('files outside of the root, the lock file and failed calls are skipped', () => {
  const lines = [
    `7  openat(AT_FDCWD, ${quoted('/root/lock.mdb')}, O_RDWR|O_CREAT, 0664) = 4`,
    '7  ftruncate(4, 8272)                = 0',
    '7  mmap(NULL, 8272, PROT_READ|PROT_WRITE, MAP_SHARED, 4, 0) = 0x7f0000000000',
    `7  openat(AT_FDCWD, ${quoted('/elsewhere')}, O_RDWR) = 5`,
    `7  write(5, ${quoted('x')}, 1)                  = 1`,
    `7  mkdir(${quoted('/root/a')}, 0700)              = -1 EEXIST (File exists)`,
    '+++ exited with 0 +++',
  ];
  expect(eventsOf(lines)).toEqual([]);
});

test.each([
  ['7  ftruncate(5, 0)                   = 0'],
  ['7  mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 5, 0) = 0x7f0000000000'],
  ['7  io_uring_setup(64, {flags=0})     = 9'],
  [`7  pwrite64(5, ${quoted('two')}, 3, 0)          = 2`],
  [`7  pwrite64(5, ${quoted('two')}..., 9, 0)       = 9`],
  [`7  link(${quoted('/root/a')}, ${quoted('/root/b')})  = 0`],
  [`7  rename(${quoted('/elsewhere')}, ${quoted('/root/b')}) = 0`],
  ['7  fdatasync(5)                      = -1 EIO (Input/output error)'],
])('a call that cannot be rebuilt throws: %s', (line) => {
  expect(() => eventsOf([open(5), line])).toThrow();
});
