// The runs that this browser keeps: made, listed, read, renamed, deleted. Writing a run's steps is its owner's: runWriter.ts.

import type { RolloutRecord } from '../../grpo/rolloutRecord.ts';
import { parseRunConfig, RunConfigError } from '../../grpo/runConfig.ts';
import { type RunIdentity, runHash } from '../../grpo/runIdentity.ts';
import type { Annotation, MetricsRow } from '../../grpo/stages.ts';
import type { CheckpointFiles } from '../../policy/checkpoint.ts';
import { Database, ownedBy, stepsOf } from './database.ts';
import { readableStorageError, StorageError } from './errors.ts';
import { fileBytes, ownBytes, SAVE, stepFolder } from './files.ts';
import { claim, claimedRuns, tryClaim } from './ownership.ts';
import { unpackRollouts } from './packed.ts';
import { RunWriter, type TrainerSave } from './runWriter.ts';
import { RUN_FORMAT, type RunState, type StoredCheckpoint, type StoredRun } from './stored.ts';
import { DEFAULT_ROLLOUT_BUDGET_BYTES } from './thinning.ts';
import { transact } from './transaction.ts';

export interface NewRun {
  readonly name: string;
  readonly identity: RunIdentity;
  /** The files of the checkpoint that it starts from, with the trainer's state. */
  readonly start: CheckpointFiles;
  readonly rolloutBudgetBytes?: number;
}

/** 'interrupted': it was being trained when its tab went away. */
export type Activity = 'running' | 'interrupted' | 'paused';

export interface RunSummary {
  readonly run: StoredRun;
  readonly activity: Activity;
  /** Why it cannot be opened, in one sentence; null when it can. */
  readonly problem: string | null;
}

export const LONGEST_NAME = 200;

/** A name as it is stored. @throws StorageError when it is empty */
export function cleanName(name: string): string {
  const clean = name.replace(/\s+/g, ' ').trim().slice(0, LONGEST_NAME);
  if (clean === '') throw new StorageError('A name needs at least one character.');
  return clean;
}

/** Everything of a run but its files is in these stores under [id, ...]; runs and annotations are under id. */
const OWNED = ['steps', 'rollouts', 'checkpoints', 'files'] as const;

export class RunLibrary {
  readonly database: Database;

  constructor(database: Database = new Database()) {
    this.database = database;
  }

  /** Stores a new run and claims it for the caller. @throws StorageError when there is no room or no storage */
  async create(input: NewRun): Promise<RunWriter> {
    const id = crypto.randomUUID();
    const held = await claim(this.database.name, id, input.name);
    try {
      await this.#put(await emptyRun(id, input), input.start);
      return new RunWriter(this.database, id, held);
    } catch (cause) {
      held.release();
      throw readableStorageError('The run could not be stored', cause);
    }
  }

  /** Every run, last used first. Those that this program cannot open are listed too, and say why. */
  async list(): Promise<RunSummary[]> {
    const database = await this.database.open();
    const [runs, claimed] = await Promise.all([database.getAll('runs'), claimedRuns(this.database.name)]);
    return runs
      .filter(({ state }) => state !== 'making')
      .sort((a, b) => b.usedAt - a.usedAt)
      .map((run) => ({ run, activity: activityOf(run.state, claimed.has(run.id)), problem: problemOf(run) }));
  }

  /** @throws StorageError when it is not there or cannot be opened */
  async get(id: string): Promise<StoredRun> {
    const run = await (await this.database.open()).get('runs', id);
    if (run === undefined) throw new StorageError('This run was deleted.');
    const problem = problemOf(run);
    if (problem !== null) throw new StorageError(problem);
    return run;
  }

  /** Claims a run, to go on with it. @throws StorageError when another tab has it, or it cannot be opened */
  async own(id: string): Promise<{ readonly run: StoredRun; readonly writer: RunWriter }> {
    const { name } = await this.get(id);
    const held = await claim(this.database.name, id, name);
    try {
      return { run: await this.get(id), writer: new RunWriter(this.database, id, held) };
    } catch (cause) {
      held.release();
      throw cause;
    }
  }

  /** What the trainer resumes from. @throws StorageError */
  async save(id: string): Promise<TrainerSave> {
    const { step, next } = await this.get(id);
    return { step, next, files: await this.#files(id, SAVE, 'The save of this run') };
  }

  /** Metrics of the steps `from` to `to` (without `to`), in order. */
  async rows(id: string, from = 0, to = Number.POSITIVE_INFINITY): Promise<MetricsRow[]> {
    const steps = await (await this.database.open()).getAll('steps', stepsOf(id, from, to));
    return steps.map(({ row }) => row);
  }

  async annotations(id: string): Promise<readonly Annotation[]> {
    return (await (await this.database.open()).get('annotations', id)) ?? [];
  }

  /** The rollouts of one step; null when they were dropped, or there is no such step. */
  async rollouts(id: string, step: number): Promise<RolloutRecord[] | null> {
    const packed = await (await this.database.open()).get('rollouts', [id, step]);
    return packed === undefined ? null : await unpackRollouts(packed, `The stored rollouts of step ${step}`);
  }

  /** Steps whose rollouts are there, in order. */
  async rolloutSteps(id: string): Promise<number[]> {
    const keys = await (await this.database.open()).getAllKeys('rollouts', ownedBy(id));
    return keys.map(([, step]) => step);
  }

  /** Oldest first. */
  async checkpoints(id: string): Promise<StoredCheckpoint[]> {
    return await (await this.database.open()).getAll('checkpoints', ownedBy(id));
  }

  /** For readCheckpoint. @throws StorageError when there is none */
  checkpointFiles(id: string, step: number): Promise<CheckpointFiles> {
    return this.#files(id, stepFolder(step), `The checkpoint of step ${step}`);
  }

  /** @throws StorageError */
  async rename(id: string, name: string): Promise<void> {
    const clean = cleanName(name);
    await transact(await this.database.open(), ['runs'], 'readwrite', async (writing) => {
      const runs = writing.objectStore('runs');
      const run = await runs.get(id);
      if (run === undefined) throw new StorageError('This run was deleted.');
      if (run.format > RUN_FORMAT) throw new StorageError(problemOf(run)!);
      await runs.put({ ...run, name: clean }, id);
    });
  }

  /** Deletes a run with all that belongs to it. @throws StorageError while a tab has it open */
  async remove(id: string): Promise<void> {
    const database = await this.database.open();
    const name = (await database.get('runs', id))?.name ?? id;
    const held = await tryClaim(this.database.name, id);
    if (held === null)
      throw new StorageError(
        `The run ${JSON.stringify(name)} is open in a Train room, here or in another tab: close it first.`,
      );
    try {
      await transact(database, ['runs', 'annotations', ...OWNED], 'readwrite', async (writing) => {
        await writing.objectStore('runs').delete(id);
        await writing.objectStore('annotations').delete(id);
        for (const store of OWNED) await writing.objectStore(store).delete(ownedBy(id));
      });
    } finally {
      held.release();
    }
  }

  /** Deletes what a tab that went away was still copying or importing. */
  async sweep(): Promise<void> {
    const runs = await (await this.database.open()).getAll('runs');
    for (const { id } of runs.filter(({ state }) => state === 'making')) {
      const held = await tryClaim(this.database.name, id);
      held?.release();
      if (held !== null) await this.remove(id);
    }
  }

  async #files(id: string, name: string, what: string): Promise<CheckpointFiles> {
    const files = await (await this.database.open()).get('files', [id, name]);
    if (files === undefined) throw new StorageError(`${what} is not stored.`);
    return files;
  }

  async #put(run: StoredRun, start: CheckpointFiles): Promise<void> {
    const files = ownBytes(start);
    const bytes = fileBytes(files);
    const checkpoint: StoredCheckpoint = {
      step: 0,
      kind: 'start',
      label: null,
      createdAt: run.createdAt,
      bytes,
      annotations: 0,
    };
    const sized: StoredRun = { ...run, bytes: { ...run.bytes, checkpoints: bytes, save: bytes } };
    const stores = ['runs', 'annotations', 'checkpoints', 'files'] as const;
    await transact(await this.database.open(), stores, 'readwrite', async (writing) => {
      await writing.objectStore('runs').add(sized, run.id);
      await writing.objectStore('annotations').add([], run.id);
      await writing.objectStore('checkpoints').add(checkpoint, [run.id, 0]);
      await writing.objectStore('files').add(files, [run.id, stepFolder(0)]);
      await writing.objectStore('files').add(files, [run.id, SAVE]);
    });
  }
}

/** A run before its first step. */
export async function emptyRun(id: string, input: Omit<NewRun, 'start'>): Promise<StoredRun> {
  const now = Date.now();
  return {
    format: RUN_FORMAT,
    id,
    name: cleanName(input.name),
    hash: await runHash(input.identity),
    identity: input.identity,
    continued: [],
    createdAt: now,
    usedAt: now,
    state: 'paused',
    step: 0,
    next: 'collect',
    parent: null,
    bytes: { metrics: 0, rollouts: 0, checkpoints: 0, save: 0 },
    rolloutBudgetBytes: input.rolloutBudgetBytes ?? DEFAULT_ROLLOUT_BUDGET_BYTES,
    thinnedSteps: 0,
  };
}

function activityOf(state: RunState, isClaimed: boolean): Activity {
  if (state !== 'running') return 'paused';
  return isClaimed ? 'running' : 'interrupted';
}

function problemOf({ format, name, identity }: StoredRun): string | null {
  const run = `The run ${JSON.stringify(name)}`;
  if (format > RUN_FORMAT)
    return `${run} was written by a newer version of this page, and is left as it is: reload the page to get that version.`;
  try {
    parseRunConfig(identity.config);
    return null;
  } catch (cause) {
    if (cause instanceof RunConfigError) return `${run} cannot be opened: ${cause.message}`;
    throw cause;
  }
}
