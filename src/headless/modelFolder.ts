// A checkpoint as a folder on disk.

import path from 'node:path';
import {
  type Checkpoint,
  CONFIG_FILE,
  GENERATION_FILE,
  type LoadedCheckpoint,
  readCheckpoint,
  shardNames,
  TOKENIZER_FILE,
  TRAINER_FILE,
  WEIGHTS_FILE,
  WEIGHTS_INDEX_FILE,
  writeCheckpoint,
} from '../policy/checkpoint.ts';
import { InputError, listFolder, readBytes, writeBytes } from './io.ts';

/** Reads the files that a policy needs; the trainer's state stays where it is. @throws InputError, CheckpointError */
export async function readModel(folder: string): Promise<LoadedCheckpoint> {
  const there = new Set(await listFolder(folder));
  const files = new Map<string, Uint8Array>();
  const read = async (name: string) => {
    if (there.has(name)) files.set(name, await readBytes(path.join(folder, name)));
  };
  for (const name of [CONFIG_FILE, GENERATION_FILE, TOKENIZER_FILE, WEIGHTS_FILE]) await read(name);
  if (!there.has(WEIGHTS_FILE)) {
    await read(WEIGHTS_INDEX_FILE);
    const index = files.get(WEIGHTS_INDEX_FILE);
    // Only names that the folder lists are opened, so an index cannot point outside of it.
    for (const shard of index === undefined ? [] : shardNames(index)) await read(shard);
  }
  return readCheckpoint(files, 'ignore');
}

/** A long run asks this before it starts, not when it has something to write. @throws InputError when a model is there */
export async function checkModelFolder(folder: string, replace: boolean): Promise<void> {
  const there = await listFolder(folder).catch((): string[] => []);
  const taken = [WEIGHTS_FILE, WEIGHTS_INDEX_FILE, TRAINER_FILE].find((name) => there.includes(name));
  if (taken !== undefined && !replace)
    throw new InputError(`${folder} already holds a model (${taken}); --replace writes over it.`);
}

/** Writes a checkpoint. Never over another model unless `replace`. @throws InputError */
export async function writeModel(folder: string, checkpoint: Checkpoint, replace: boolean): Promise<string[]> {
  await checkModelFolder(folder, replace);
  const files = writeCheckpoint(checkpoint);
  for (const [name, bytes] of files) await writeBytes(path.join(folder, name), bytes);
  return [...files.keys()];
}
