// An experiment as a folder on disk, which any number of processes on any number of machines may share.
//
//   experiment.json        the definition
//   cells/KEY.json         the result of a cell
//   runs/KEY-VERSION/      a cell that is under way with this version of the code; gone once its result is there
//   starts/HASH/           base policies that were trained for the experiment

import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type CellResult, cellResultSchema } from '../experiments/cellResult.ts';
import type { Cell, Experiment } from '../experiments/definition.ts';
import { readExperiment } from '../experiments/results.ts';
import { CODE_VERSION } from '../grpo/codeVersion.ts';
import { pretrain } from '../grpo/pretrain.ts';
import { parsePretrainConfig, pretrainPolicy } from '../grpo/pretrainConfig.ts';
import { differences, hashOf, shortHash } from '../grpo/runIdentity.ts';
import type { LoadedCheckpoint } from '../policy/checkpoint.ts';
import { initialParameters } from '../policy/initialise.ts';
import { jsonBytes, parseJsonAs } from '../policy/strictJson.ts';
import { type BackendChoice, createEngine } from './backend.ts';
import { writeBase } from './baseFolder.ts';
import { withFolder } from './folderLock.ts';
import { InputError, type Io, listFolder, readBytes, writeBytes } from './io.ts';
import { readModel } from './modelFolder.ts';
import { throttledNotes } from './progress.ts';
import { shippedBase } from './shippedBase.ts';

const DEFINITION = 'experiment.json';
const CELLS = 'cells';
const RUNS = 'runs';
const STARTS = 'starts';

/** Another version of the code begins a cell anew: one run must not be of two. */
export function runFolderOf(folder: string, key: string): string {
  return path.join(folder, RUNS, `${shortHash(key)}-${CODE_VERSION}`);
}

/**
 * Writes the definition into a folder that has none.
 * @throws InputError when another experiment is there
 */
export async function claimFolder(folder: string, experiment: Experiment): Promise<void> {
  const names = await listFolder(folder).catch((): string[] => []);
  if (!names.includes(DEFINITION)) {
    await writeBytes(path.join(folder, DEFINITION), jsonBytes(experiment));
    return;
  }
  const different = differences(await definitionIn(folder), experiment)[0];
  if (different !== undefined)
    throw new InputError(
      `${folder} holds another experiment: its ${different.field} is ${JSON.stringify(different.left)}; another experiment needs another folder.`,
    );
}

/** @throws InputError when there is none; ExperimentError when it is none */
export function definitionIn(folder: string): Promise<Experiment> {
  return experimentFrom(path.join(folder, DEFINITION));
}

/** The results of all cells that are done. @throws InputError, JsonError */
export async function resultsIn(folder: string): Promise<CellResult[]> {
  const names = await listFolder(path.join(folder, CELLS)).catch((): string[] => []);
  const results: CellResult[] = [];
  for (const name of names.filter((each) => each.endsWith('.json')).sort())
    results.push(await resultAt(path.join(folder, CELLS, name)));
  return results;
}

async function resultAt(file: string): Promise<CellResult> {
  return parseJsonAs(cellResultSchema, await readBytes(file), file);
}

/** The result of one cell; null while it is not done. */
export async function resultOf(folder: string, key: string): Promise<CellResult | null> {
  const name = `${shortHash(key)}.json`;
  const names = await listFolder(path.join(folder, CELLS)).catch((): string[] => []);
  return names.includes(name) ? resultAt(path.join(folder, CELLS, name)) : null;
}

/** Keeps a result, and lets go of what it was made from. */
export async function keepResult(folder: string, result: CellResult): Promise<void> {
  const name = `${shortHash(result.key)}.json`;
  await writeBytes(path.join(folder, CELLS, name), new TextEncoder().encode(`${JSON.stringify(result)}\n`));
  await rm(runFolderOf(folder, result.key), { recursive: true, force: true });
}

export interface StartOptions {
  readonly backend: BackendChoice;
  readonly signal: AbortSignal;
  readonly io: Io;
}

/**
 * The policies that cells start from, each read or trained once.
 * @returns a function of a cell. @throws InputError, CheckpointError; DOMException 'AbortError' when it was stopped
 */
export function startsIn(folder: string, options: StartOptions): (cell: Cell) => Promise<LoadedCheckpoint> {
  const known = new Map<string, Promise<LoadedCheckpoint>>();
  return ({ config, start }) => {
    const name = start === null ? config.task : JSON.stringify(start);
    const found =
      known.get(name) ?? (start === null ? readModel(shippedBase(config.task)) : trained(folder, start, options));
    known.set(name, found);
    found.catch(() => known.delete(name));
    return found;
  };
}

async function trained(
  folder: string,
  start: Readonly<Record<string, unknown>>,
  { backend, signal, io }: StartOptions,
): Promise<LoadedCheckpoint> {
  const config = parsePretrainConfig(start);
  const place = path.join(folder, STARTS, shortHash(await hashOf(config)));
  return withFolder(place, async () => {
    const there = await readModel(place).catch((): null => null);
    if (there !== null) return there;
    const shape = pretrainPolicy(config);
    const engine = await createEngine(
      backend,
      shape,
      initialParameters(shape, config.seed, config.initialDeviation),
      io,
    );
    try {
      const note = throttledNotes(io);
      const steps = await pretrain(engine, config, {
        signal,
        onProgress: ({ step, lossNats }) =>
          note(`Base policy, step ${step} of ${config.steps}: loss ${lossNats.toFixed(4)} nats a token.`),
      });
      signal.throwIfAborted();
      await writeBase(place, config, steps, engine);
    } finally {
      engine.destroy();
    }
    return readModel(place);
  });
}

/** Shard i of n as `i/n`, counted from 1. @throws InputError */
export function readShard(text: string): { readonly shard: number; readonly shards: number } {
  const [, shard, shards] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.map(Number) ?? [];
  if (shard === undefined || shards === undefined || shard < 1 || shard > shards)
    throw new InputError(`--shard takes i/n with i from 1 to n, such as 2/3, but it is ${JSON.stringify(text)}.`);
  return { shard: shard - 1, shards };
}

/** Reads an experiment's definition from a file. @throws InputError when it is not there; ExperimentError when it is none */
export async function experimentFrom(file: string): Promise<Experiment> {
  return readExperiment(await readBytes(file), file);
}
