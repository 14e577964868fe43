// A run as a folder on disk: the store that src/grpo/runLog.ts writes to.

import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import type { RunStore } from '../grpo/runLog.ts';
import { fileError } from './io.ts';

const isMissing = (cause: unknown) => (cause as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * The files of a run in a folder, which is made with the first of them. What was written survives a crash of the
 * machine too.
 */
export function runFolder(folder: string): RunStore {
  /** Does something to a file or folder; failing, it says in one sentence which and why. */
  const at = async <T>(name: string, verb: string, act: (file: string) => Promise<T>): Promise<T> => {
    const file = path.join(folder, name);
    try {
      return await act(file);
    } catch (cause) {
      throw fileError(verb, file, cause);
    }
  };
  const ifThere = <T, E>(found: Promise<T>, missing: E): Promise<T | E> =>
    found.catch((cause: unknown) => {
      if (isMissing(cause)) return missing;
      throw cause;
    });
  const makeFolderOf = (file: string) => mkdir(path.dirname(file), { recursive: true });
  return {
    read: (name) =>
      at(name, 'read', async (file) =>
        ifThere(
          readFile(file).then((bytes) => new Uint8Array(bytes)),
          null,
        ),
      ),
    length: (name) =>
      at(name, 'read', (file) =>
        ifThere(
          stat(file).then(({ size }) => size),
          null,
        ),
      ),
    append: (name, bytes) =>
      at(name, 'written', async (file) => {
        await makeFolderOf(file);
        await appendFile(file, bytes, { flush: true });
      }),
    truncate: (name, length) => at(name, 'written', (file) => truncate(file, length)),
    put: (name, bytes) =>
      at(name, 'written', async (file) => {
        await makeFolderOf(file);
        await putWhole(file, bytes);
      }),
    list: (name) => at(name, 'read', (file) => ifThere(readdir(file), [])),
    removeFolder: (name) => at(name, 'removed', (file) => rm(file, { recursive: true, force: true })),
  };
}

/** A file of that name holds either what it held before or all of the new bytes, whenever the machine stops. */
async function putWhole(file: string, bytes: Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}.part`;
  try {
    const handle = await open(draft, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
}
