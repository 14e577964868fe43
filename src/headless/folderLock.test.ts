import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { LOCK_FILE, withFolder } from './folderLock.ts';
import { InputError } from './io.ts';
import { temporaryFolder } from './run.testing.ts';

const root = await temporaryFolder();

async function folderOf(name: string, owner: number): Promise<string> {
  await mkdir(root.at(name));
  await writeFile(path.join(root.at(name), LOCK_FILE), `${owner}\n`);
  return root.at(name);
}

/** A process that lives until it is ended. */
async function living() {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); process.stdin.resume()']);
  await once(child.stdout, 'data');
  return child;
}

it('holds the folder for the time of the work, and leaves nothing behind', async () => {
  const folder = root.at('new');
  const owner = await withFolder(folder, () => readFile(path.join(folder, LOCK_FILE), 'utf8'));
  expect(Number(owner)).toBe(process.pid);
  expect(existsSync(folder)).toBe(false);
});

it('keeps what the work wrote, and lets go of the folder when it fails', async () => {
  const folder = root.at('kept');
  const failing = withFolder(folder, async () => {
    await writeFile(path.join(folder, 'run.json'), '{}');
    throw new Error('as it happens');
  });
  await expect(failing).rejects.toThrow('as it happens');
  expect(existsSync(path.join(folder, 'run.json'))).toBe(true);
  expect(existsSync(path.join(folder, LOCK_FILE))).toBe(false);
});

it('is refused while another process has it, and given once that one is dead', async () => {
  const child = await living();
  const folder = await folderOf('taken', child.pid!);
  let runs = 0;
  const work = async () => runs++;
  await expect(withFolder(folder, work)).rejects.toThrow(
    new InputError(`Process ${child.pid} is writing to ${folder}; two at once would spoil it.`),
  );
  expect(runs).toBe(0);
  child.kill('SIGKILL');
  await once(child, 'close');
  await withFolder(folder, work);
  expect(runs).toBe(1);
});

it.each([process.pid, Number.NaN, 0])('does not mind a lock of %d', async (owner) => {
  expect(await withFolder(await folderOf(`of-${owner}`, owner), async () => 'done')).toBe('done');
});

it('says what cannot be written', async () => {
  const file = await root.text('file', '');
  await expect(withFolder(path.join(file, 'in'), async () => {})).rejects.toThrow(
    /cannot be written: a part of the path is no folder\.$/,
  );
});
