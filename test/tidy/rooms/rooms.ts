/**
 * The rooms of one package: each folder below `src/` that holds product files, with the rooms it may import.
 *
 * - A room may always import its own files, and types from anywhere.
 * - A nested folder is a room of its own, such as `edge/sessions`; `edge` does not include it.
 * - Files on top of the package, the room `.`, may import every room unless the table has a row for them.
 * - Tests and `src/testing/` may import every room.
 *
 * A package with an empty table is not checked.
 */
export type Rooms = Readonly<Record<string, readonly string[]>>;

export const TOP = '.';
