// One process at a time writes a folder: a file in it holds the id of the one that does.

import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { fileError, InputError } from './io.ts';

export const LOCK_FILE = 'lock';

/**
 * Runs `work` while no other process of this machine does so with the same folder, which is made if need be. The lock of
 * a process that died is no obstacle.
 * @throws InputError when another process has the folder
 */
export async function withFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = path.join(folder, LOCK_FILE);
  let isNew = false;
  try {
    isNew = (await mkdir(folder, { recursive: true })) !== undefined;
    while (!(await takes(file))) {
      const owner = Number(await readFile(file, 'utf8').catch(() => ''));
      if (isOther(owner)) throw new InputError(`Process ${owner} is writing to ${folder}; two at once would spoil it.`);
      await rm(file, { force: true });
    }
  } catch (cause) {
    throw cause instanceof InputError ? cause : fileError('written', file, cause);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
    // Work that was refused leaves nothing behind.
    if (isNew) await rmdir(folder).catch(() => {});
  }
}

/** Whether the file was not there, and now is. */
async function takes(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(`${process.pid}\n`);
    await handle.close();
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

/** Whether that process lives and is another one: in a container every process may get the id of its predecessor. */
function isOther(id: number): boolean {
  if (!Number.isSafeInteger(id) || id <= 0 || id === process.pid) return false;
  try {
    // Signal 0 only asks.
    process.kill(id, 0);
    return !isZombie(id);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process has ended and only waits to be counted by its parent: in a container that may take for ever. */
function isZombie(id: number): boolean {
  try {
    // Linux: `id (name) state ...`, and the name may hold anything.
    return /^\) Z/.test(readFileSync(`/proc/${id}/stat`, 'latin1').replace(/^.*(?=\) )/s, ''));
  } catch {
    return false;
  }
}
