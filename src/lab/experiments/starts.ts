// The policies that cells start from: those that come with the page, and those that are trained for the experiment.
//
// Of one that is trained, what was learned is stored once a minute and when it is stopped, in starts/HASH/ of the
// experiment; when it has all its steps, the moments go and the weights stay. So a reload costs a minute at most, and the
// weights are those of a training that was never stopped.

import type { Cell } from '../../experiments/definition.ts';
import type { PretrainProgress } from '../../grpo/pretrain.ts';
import { type PretrainConfig, parsePretrainConfig, pretrainPolicy } from '../../grpo/pretrainConfig.ts';
import { hashOf, shortHash } from '../../grpo/runIdentity.ts';
import type { RunStore } from '../../grpo/runLog.ts';
import {
  type Checkpoint,
  type LoadedCheckpoint,
  readCheckpoint,
  WEIGHTS_FILE,
  writeCheckpoint,
} from '../../policy/checkpoint.ts';
import { taskStopToken, taskTokenizer } from '../../policy/taskTokenizer.ts';
import { taskByName } from '../../tasks/index.ts';
import type { EngineHost } from '../engine/host.ts';
import { type Learned, type LearnHost, learn } from '../pretrain/learn.ts';

export const STARTS_FOLDER = 'starts';
const STORED_EVERY_MS = 60_000;
/** The folder that holds it whole. */
const READY = 'ready';

export type StartHost = Pick<EngineHost, 'engine' | 'whileThere' | 'release' | 'base'>;

export interface StartOptions {
  /** The experiment's starts/. */
  readonly store: RunStore;
  /** Aborted, what was learned is stored. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Pick<PretrainProgress, 'step' | 'steps'>) => void;
}

/**
 * The start of a cell: read, or trained from where it was left.
 * @throws StorageError; Error, one sentence; DOMException 'AbortError' when it was stopped before it was there
 */
export async function startOf(host: StartHost, cell: Cell, options: StartOptions): Promise<LoadedCheckpoint> {
  if (cell.start === null) return host.base(cell.config.task);
  const config = parsePretrainConfig(cell.start);
  const folder = shortHash(await hashOf(config));
  const there = await readFolder(options.store, `${folder}/${READY}`);
  return there ?? trained(host, config, folder, options);
}

async function trained(
  host: StartHost,
  config: PretrainConfig,
  folder: string,
  { store, signal, onProgress }: StartOptions,
): Promise<LoadedCheckpoint> {
  // Its engine is not that of the page's own pretraining, which goes on meanwhile.
  const own: LearnHost = {
    engine: (_, shape) => host.engine('experiment start', shape),
    whileThere: (work) => host.whileThere(work),
  };
  try {
    let learned = await leftOff(own, config, store, folder);
    while (learned === null || learned.stepsTaken < config.steps) {
      const over = new AbortController();
      const began = performance.now();
      learned = await learn(own, config, {
        from: learned,
        signal: AbortSignal.any([signal, over.signal]),
        onProgress: (progress) => {
          onProgress(progress);
          if (performance.now() - began > STORED_EVERY_MS) over.abort();
        },
      });
      if (learned.stepsTaken > 0 && learned.stepsTaken < config.steps)
        await writePart(store, folder, learned.stepsTaken, await host.whileThere(checkpointOf(learned, config, true)));
      signal.throwIfAborted();
    }
    const whole = await host.whileThere(checkpointOf(learned, config, false));
    await writeFolder(store, `${folder}/${READY}`, whole);
    for (const name of await store.list(folder)) if (name !== READY) await store.removeFolder(`${folder}/${name}`);
    return (await readFolder(store, `${folder}/${READY}`))!;
  } finally {
    host.release('experiment start');
  }
}

/** What an earlier visit had learned, in the engine; null: nothing. */
async function leftOff(
  host: LearnHost,
  config: PretrainConfig,
  store: RunStore,
  folder: string,
): Promise<Learned | null> {
  const steps = (await store.list(folder)).map(Number).filter(Number.isSafeInteger);
  // One that a crash tore is passed over.
  for (const stepsTaken of steps.sort((a, b) => b - a)) {
    const part = await readFolder(store, `${folder}/${stepsTaken}`);
    if (part === null || part.trainer === null) continue;
    const engine = await host.engine('pretrain', pretrainPolicy(config));
    await engine.loadParameters(part.parameters);
    await engine.loadOptimizer(part.trainer.optimizer);
    return { engine, stepsTaken };
  }
  return null;
}

async function checkpointOf(
  { engine, stepsTaken }: Learned,
  config: PretrainConfig,
  withMoments: boolean,
): Promise<Checkpoint> {
  const task = taskByName(config.task);
  const tokenizer = taskTokenizer(task);
  return {
    config: engine.config,
    parameters: await engine.readParameters(),
    generation: { stopTokens: [taskStopToken(task, tokenizer)], padToken: tokenizer.padId, beginToken: null },
    tokenizer,
    trainer: withMoments
      ? {
          optimizer: await engine.readOptimizer(),
          noise: { seed: config.seed, stream: 0 },
          queues: [],
          extra: stepsTaken,
        }
      : null,
  };
}

/** Stores what was learned so far, in place of what was stored before. */
async function writePart(store: RunStore, folder: string, stepsTaken: number, checkpoint: Checkpoint): Promise<void> {
  const before = await store.list(folder);
  await writeFolder(store, `${folder}/${stepsTaken}`, checkpoint);
  for (const name of before) if (name !== String(stepsTaken)) await store.removeFolder(`${folder}/${name}`);
}

/** The weights come last: where they are, all is. */
async function writeFolder(store: RunStore, folder: string, checkpoint: Checkpoint): Promise<void> {
  const files = writeCheckpoint(checkpoint);
  const last = files.get(WEIGHTS_FILE)!;
  for (const [name, bytes] of files) if (name !== WEIGHTS_FILE) await store.put(`${folder}/${name}`, bytes);
  await store.put(`${folder}/${WEIGHTS_FILE}`, last);
}

/** null where it is not whole. */
async function readFolder(store: RunStore, folder: string): Promise<LoadedCheckpoint | null> {
  const names = await store.list(folder);
  if (!names.includes(WEIGHTS_FILE)) return null;
  const files = new Map<string, Uint8Array>();
  for (const name of names) files.set(name, (await store.read(`${folder}/${name}`))!);
  return readCheckpoint(files);
}
