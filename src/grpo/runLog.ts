// What a run leaves behind, and in which order it is written, whatever keeps the files: a folder on disk or a browser.
//
//   run.json                  the run's identity; written last of all that a start writes, so where it is all is
//   metrics.jsonl             a line a step
//   rollouts.jsonl            a line a rollout of every n-th step
//   annotations.jsonl         a line a live change
//   checkpoints/step-N/       Hugging Face folder and trainer.safetensors; step-0 holds the weights it started from
//   latest.json               which checkpoint to go on from, and how long the two logs were then
//
// A save writes a new checkpoint, then latest.json in one go, then removes the checkpoint before it unless it is to be
// kept. A run that died at any moment goes on from latest.json: what the logs hold beyond it, a torn line perhaps, is
// cut off and written again with the same bytes. Annotations are part of the trainer's own state and follow it.

import * as v from 'valibot';
import { type Checkpoint, type LoadedCheckpoint, readCheckpoint, writeCheckpoint } from '../policy/checkpoint.ts';
import { JsonError, jsonBytes, parseJsonAs } from '../policy/strictJson.ts';
import { rolloutRecordLine } from './rolloutRecord.ts';
import { parseRunConfig } from './runConfig.ts';
import { hashOf, type RunIdentity, weightsHash } from './runIdentity.ts';
import { type Annotation, STAGES, type Stage, type StepResult, type Trainer } from './stages.ts';

export const RUN_FILE = 'run.json';
export const METRICS_FILE = 'metrics.jsonl';
export const ROLLOUTS_FILE = 'rollouts.jsonl';
export const ANNOTATIONS_FILE = 'annotations.jsonl';
export const LATEST_FILE = 'latest.json';
export const CHECKPOINTS_FOLDER = 'checkpoints';
const START = 'step-0';
/** step-12 stands before that step, step-12-update between its stages. */
const IS_CHECKPOINT = /^step-\d+(-\w+)?$/;
const VERSION = 1;

/** Where a run's files are kept. Names are paths with slashes; every promise resolves when the bytes are safe. */
export interface RunStore {
  /** Null when there is no such file. */
  readonly read: (file: string) => Promise<Uint8Array<ArrayBuffer> | null>;
  /** Bytes; null when there is no such file. */
  readonly length: (file: string) => Promise<number | null>;
  /** Makes the file if need be. A crash may leave a part of the bytes. */
  readonly append: (file: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly truncate: (file: string, length: number) => Promise<void>;
  /** Replaces a file whole or not at all. */
  readonly put: (file: string, bytes: Uint8Array) => Promise<void>;
  /** Names directly in a folder; none when there is no such folder. */
  readonly list: (folder: string) => Promise<readonly string[]>;
  /** A folder and all in it. */
  readonly removeFolder: (folder: string) => Promise<void>;
}

/** Thrown for files that no run can be begun beside or gone on from; the message is one sentence. */
export class RunLogError extends Error {
  override readonly name = 'RunLogError';
}

/** run.json */
export interface RunHeader {
  /** Readable, not unique; see runName. */
  readonly name: string;
  /** See runHash. */
  readonly hash: string;
  readonly identity: RunIdentity;
  /** Rollouts are written of steps 0, n, 2n and so on; 0: of none. */
  readonly rolloutsEvery: number;
  /** Where it went on with other code or on another machine: from there on the tokens may be others. */
  readonly continued: readonly Continuation[];
}

export interface Continuation extends Pick<RunIdentity, 'code' | 'backend' | 'adapter'> {
  readonly step: number;
  readonly stage: Stage;
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const place = { step: whole, stage: v.picklist(STAGES) };
const machine = { code: v.string(), backend: v.picklist(['webgpu', 'cpu', 'reference']), adapter: v.string() };

const headerSchema = v.strictObject({
  version: v.literal(VERSION),
  name: v.string(),
  hash: v.string(),
  identity: v.strictObject({ config: v.unknown(), weights: v.string(), source: v.string(), ...machine }),
  rolloutsEvery: whole,
  continued: v.array(v.strictObject({ ...place, ...machine })),
});

const latestSchema = v.strictObject({
  version: v.literal(VERSION),
  ...place,
  /** In checkpoints/. */
  folder: v.pipe(v.string(), v.regex(IS_CHECKPOINT)),
  bytes: v.strictObject({ [METRICS_FILE]: whole, [ROLLOUTS_FILE]: whole }),
});

type Latest = v.InferOutput<typeof latestSchema>;

/** A run as it was last saved; nothing has been changed yet. */
export interface SavedRun {
  readonly header: RunHeader;
  readonly step: number;
  /** The stage that comes next. */
  readonly stage: Stage;
  readonly checkpoint: LoadedCheckpoint;
  /** The policy it started from. */
  readonly start: LoadedCheckpoint;
}

/** Writes down a run as it goes. One call at a time. */
export interface RunLog {
  readonly header: RunHeader;
  /** Adds a finished step to the logs. */
  readonly step: (result: StepResult) => Promise<void>;
  readonly annotate: (annotation: Annotation) => Promise<void>;
  /** Makes the trainer's present state the one to go on from. Between stages only. */
  readonly save: (trainer: Pick<Trainer, 'step' | 'next' | 'save'>) => Promise<void>;
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const bytesOf = (text: string) => new TextEncoder().encode(text);

/**
 * Begins the record of a run that has not taken a step.
 * @throws RunLogError where a run, or a part of one, is already
 */
export async function beginRun(store: RunStore, header: RunHeader, trainer: Trainer): Promise<RunLog> {
  await checkFree(store);
  const log = runLog(store, header, null);
  await store.put(METRICS_FILE, bytesOf(''));
  await log.save(trainer);
  await writeHeader(store, header);
  return log;
}

/** @throws RunLogError where a run, or a log that is not this program's, is already */
export async function checkFree(store: RunStore): Promise<void> {
  if ((await store.length(RUN_FILE)) !== null)
    throw new RunLogError(`There is a run already (${RUN_FILE}); resume it, or choose another place.`);
  for (const file of [METRICS_FILE, ROLLOUTS_FILE, ANNOTATIONS_FILE])
    if (((await store.length(file)) ?? 0) > 0)
      throw new RunLogError(
        `There is a ${file} without a ${RUN_FILE}, which is not written over; choose another place.`,
      );
}

/** Reads what beginRun and the saves after it wrote. @throws RunLogError, CheckpointError */
export async function readRun(store: RunStore): Promise<SavedRun> {
  const header = await readHeader(store);
  const { step, stage, folder } = await readLatest(store);
  const checkpoint = await readFolder(store, folder);
  if (checkpoint.trainer === null)
    throw new RunLogError(`${CHECKPOINTS_FOLDER}/${folder} has no trainer.safetensors, so nothing can go on from it.`);
  const start = folder === START ? checkpoint : await readFolder(store, START);
  if ((await weightsHash(start.config, start.parameters)) !== header.identity.weights)
    throw new RunLogError(`${CHECKPOINTS_FOLDER}/${START}: these are not the weights that ${RUN_FILE} names.`);
  return { header, step, stage, checkpoint, start };
}

/**
 * Cuts the logs back to the last save and goes on from there.
 * @param run what readRun gave
 * @param trainer made from run.checkpoint
 * @param on what it goes on with
 */
export async function resumeRun(
  store: RunStore,
  run: SavedRun,
  trainer: Trainer,
  on: Pick<RunIdentity, 'code' | 'backend' | 'adapter'>,
): Promise<RunLog> {
  const latest = await readLatest(store);
  for (const [file, length] of Object.entries(latest.bytes)) {
    const there = (await store.length(file)) ?? 0;
    if (there < length)
      throw new RunLogError(`${file} has ${there} bytes, but ${length} when the run was saved; it was changed.`);
  }
  for (const [file, length] of Object.entries(latest.bytes))
    if (((await store.length(file)) ?? 0) > length) await store.truncate(file, length);
  await store.put(ANNOTATIONS_FILE, bytesOf(trainer.annotations.map(line).join('')));
  const { identity, continued } = run.header;
  const { code, backend, adapter } = on;
  const before = continued.at(-1) ?? identity;
  const isSame = before.code === code && before.backend === backend && before.adapter === adapter;
  const { step, stage } = latest;
  const header = isSame
    ? run.header
    : { ...run.header, continued: [...continued, { step, stage, code, backend, adapter }] };
  if (!isSame) await writeHeader(store, header);
  const { checkpointEvery } = identity.config;
  for (const folder of await store.list(CHECKPOINTS_FOLDER))
    if (
      IS_CHECKPOINT.test(folder) &&
      folder !== latest.folder &&
      !(isKept(folder, checkpointEvery) && stepOf(folder) <= step)
    )
      await store.removeFolder(`${CHECKPOINTS_FOLDER}/${folder}`);
  return runLog(store, header, latest);
}

function runLog(store: RunStore, header: RunHeader, resumed: Latest | null): RunLog {
  const { rolloutsEvery, identity } = header;
  let latest = resumed;
  return {
    header,
    step: async ({ metrics, rollouts }) => {
      if (rolloutsEvery > 0 && metrics.step % rolloutsEvery === 0)
        await store.append(ROLLOUTS_FILE, bytesOf(rollouts.map((record) => `${rolloutRecordLine(record)}\n`).join('')));
      await store.append(METRICS_FILE, bytesOf(line(metrics)));
    },
    annotate: (annotation) => store.append(ANNOTATIONS_FILE, bytesOf(line(annotation))),
    save: async (trainer) => {
      const { step, next: stage } = trainer;
      const folder = stage === 'collect' ? `step-${step}` : `step-${step}-${stage}`;
      // Saved twice at one place, only the trainer's own file can differ: the folder is whole at every moment.
      await writeFolder(store, folder, await trainer.save());
      const bytes = {
        [METRICS_FILE]: (await store.length(METRICS_FILE)) ?? 0,
        [ROLLOUTS_FILE]: (await store.length(ROLLOUTS_FILE)) ?? 0,
      };
      const before = latest;
      latest = { version: VERSION, step, stage, folder, bytes };
      await store.put(LATEST_FILE, jsonBytes(latest));
      if (before !== null && before.folder !== folder && !isKept(before.folder, identity.config.checkpointEvery))
        await store.removeFolder(`${CHECKPOINTS_FOLDER}/${before.folder}`);
    },
  };
}

const stepOf = (checkpoint: string) => Number(/\d+/.exec(checkpoint)?.[0]);

/** Whether a checkpoint stays when a later one is there. */
function isKept(folder: string, checkpointEvery: number): boolean {
  const step = /^step-(\d+)$/.exec(folder)?.[1];
  return step !== undefined && (step === '0' || (checkpointEvery > 0 && Number(step) % checkpointEvery === 0));
}

async function writeFolder(store: RunStore, folder: string, checkpoint: Checkpoint): Promise<void> {
  for (const [name, bytes] of writeCheckpoint(checkpoint))
    await store.put(`${CHECKPOINTS_FOLDER}/${folder}/${name}`, bytes);
}

async function readFolder(store: RunStore, folder: string): Promise<LoadedCheckpoint> {
  const files = new Map<string, Uint8Array>();
  for (const name of await store.list(`${CHECKPOINTS_FOLDER}/${folder}`)) {
    const bytes = await store.read(`${CHECKPOINTS_FOLDER}/${folder}/${name}`);
    if (bytes !== null) files.set(name, bytes);
  }
  return readCheckpoint(files);
}

function writeHeader(store: RunStore, header: RunHeader): Promise<void> {
  return store.put(RUN_FILE, jsonBytes({ version: VERSION, ...header }));
}

async function readHeader(store: RunStore): Promise<RunHeader> {
  const { version: _, ...header } = await readJson(store, RUN_FILE, headerSchema, 'There is no run');
  const config = parseRunConfig(header.identity.config);
  // Of what is written: later versions of the schema may fill in more.
  if ((await hashOf(header.identity)) !== header.hash)
    throw new RunLogError(`${RUN_FILE}: the hash is not that of its identity, so one of the two was changed.`);
  return { ...header, identity: { ...header.identity, config } };
}

function readLatest(store: RunStore): Promise<Latest> {
  return readJson(store, LATEST_FILE, latestSchema, 'The run has no save');
}

async function readJson<S extends v.GenericSchema>(
  store: RunStore,
  file: string,
  schema: S,
  missing: string,
): Promise<v.InferOutput<S>> {
  const bytes = await store.read(file);
  if (bytes === null) throw new RunLogError(`${missing} (${file}).`);
  try {
    return parseJsonAs(schema, bytes, file);
  } catch (error) {
    throw error instanceof JsonError ? new RunLogError(error.message) : error;
  }
}
