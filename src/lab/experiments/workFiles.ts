// The files of a cell that is under way, in the browser's storage: what a folder on disk is to the command line.
//
//   work   [experiment, path, from, length] -> bytes from .. from + length of that file
//
// A file is the stretches of its path, in order; appending adds one. Lengths are in the keys, so that sizes are known
// without reading a byte. Each operation is one transaction.

import type { RunStore } from '../../grpo/runLog.ts';
import { type Database, ownedBy } from '../storage/database.ts';
import { readableStorageError } from '../storage/errors.ts';
import { type Transaction, transact } from '../storage/transaction.ts';

/** Opens the sentence that says why something was not stored. */
const WHAT = 'The experiment is paused';
/** The text after every text that begins with `folder/`. */
const after = (folder: string) => `${folder}0`;

type Writing = Transaction<'work', 'readwrite'>;
type Reading = Transaction<'work', 'readonly'>;

const stretchesOf = (owner: string, path: string) => IDBKeyRange.bound([owner, path], [owner, path, []]);
const inside = (owner: string, folder: string) =>
  IDBKeyRange.bound([owner, `${folder}/`], [owner, after(folder)], false, true);

export interface WorkFilesOptions {
  readonly database: Database;
  /** Id of the experiment. */
  readonly owner: string;
  readonly folder: string;
  /** Once aborted, nothing is read or written any more: somebody else has the files. */
  readonly until?: AbortSignal;
}

/** A folder of an experiment. @throws StorageError, one sentence, from every operation that the machine refuses */
export function workFiles({ database, owner, folder, until }: WorkFilesOptions): RunStore {
  const run = async <M extends 'readonly' | 'readwrite', T>(
    mode: M,
    work: (transaction: Transaction<'work', M>) => Promise<T>,
  ): Promise<T> => {
    const open = await database.open();
    until?.throwIfAborted();
    try {
      return await transact(open, ['work'], mode, work);
    } catch (cause) {
      throw readableStorageError(WHAT, cause);
    }
  };
  const at = (file: string) => `${folder}/${file}`;
  const lengthOf = async (transaction: Reading | Writing, path: string): Promise<number | null> => {
    const keys = await transaction.objectStore('work').getAllKeys(stretchesOf(owner, path));
    return keys.length === 0 ? null : keys.reduce((sum, [, , , length]) => sum + length, 0);
  };
  const add = (transaction: Writing, path: string, from: number, bytes: Uint8Array) =>
    transaction.objectStore('work').put(own(bytes), [owner, path, from, bytes.length]);

  return {
    read: (file) =>
      run('readonly', async (reading) => {
        const parts = await reading.objectStore('work').getAll(stretchesOf(owner, at(file)));
        return parts.length === 0 ? null : joined(parts);
      }),
    length: (file) => run('readonly', (reading) => lengthOf(reading, at(file))),
    append: (file, bytes) =>
      run('readwrite', async (writing) => {
        await add(writing, at(file), (await lengthOf(writing, at(file))) ?? 0, bytes);
      }),
    truncate: (file, length) =>
      run('readwrite', async (writing) => {
        const work = writing.objectStore('work');
        for (const key of await work.getAllKeys(stretchesOf(owner, at(file)))) {
          const [, , from, size] = key;
          if (from + size <= length) continue;
          const bytes = (await work.get(key))!;
          await work.delete(key);
          // A file of no bytes is there all the same.
          if (from < length || from === 0) await add(writing, at(file), from, bytes.slice(0, length - from));
        }
      }),
    put: (file, bytes) =>
      run('readwrite', async (writing) => {
        await writing.objectStore('work').delete(stretchesOf(owner, at(file)));
        await add(writing, at(file), 0, bytes);
      }),
    list: (name) =>
      run('readonly', async (reading) => {
        const keys = await reading.objectStore('work').getAllKeys(inside(owner, at(name)));
        const names = keys.map(([, path]) => path.slice(at(name).length + 1).split('/')[0]!);
        return [...new Set(names)];
      }),
    removeFolder: (name) => run('readwrite', (writing) => removeIn(writing, owner, at(name))),
  };
}

/** Deletes a folder of an experiment as part of a larger change. */
export async function removeIn(
  writing: { readonly objectStore: (name: 'work') => { readonly delete: (range: IDBKeyRange) => Promise<void> } },
  owner: string,
  folder: string,
): Promise<void> {
  await writing.objectStore('work').delete(inside(owner, folder));
}

/** Bytes of all files of an experiment. */
export async function workBytes(database: Database, owner: string): Promise<number> {
  const keys = await (await database.open()).getAllKeys('work', ownedBy(owner));
  return keys.reduce((sum, [, , , length]) => sum + length, 0);
}

/** Bytes that own their memory: a browser clones the whole buffer behind a view. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return isWhole ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const part of parts) {
    bytes.set(part, from);
    from += part.length;
  }
  return bytes;
}
