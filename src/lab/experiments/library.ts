// The experiments that this browser keeps: made, listed, read, deleted; and the results of their cells.

import type { CellResult } from '../../experiments/cellResult.ts';
import { type Experiment, ExperimentError, parseExperiment, placesOf } from '../../experiments/definition.ts';
import { gather, type Results } from '../../experiments/results.ts';
import type { RunStore } from '../../grpo/runLog.ts';
import { Database, ownedBy } from '../storage/database.ts';
import { readableStorageError, StorageError } from '../storage/errors.ts';
import { type Claim, claimedRuns, tryClaim } from '../storage/ownership.ts';
import { EXPERIMENT_FORMAT, type StoredExperiment } from '../storage/stored.ts';
import { type Transaction, transact } from '../storage/transaction.ts';
import { removeIn, workBytes, workFiles } from './workFiles.ts';

/** Locks of runs and experiments have their names from one space. */
const lockOf = (id: string) => `experiment ${id}`;
const quoted = ({ definition }: StoredExperiment) => JSON.stringify(definition.name);

const WRITTEN = ['experiments', 'cells', 'work'] as const;
type Writing = Transaction<(typeof WRITTEN)[number], 'readwrite'>;

export interface ExperimentRecord {
  readonly stored: StoredExperiment;
  /** Results that are there, and that there can be. */
  readonly cells: { readonly done: number; readonly total: number };
  /** Results, and the files of the cell under way. */
  readonly bytes: number;
  /** Whether some tab, this one perhaps, has claimed it. */
  readonly isClaimed: boolean;
  /** Why it cannot be opened, in one sentence; null when it can. */
  readonly problem: string | null;
}

export class ExperimentLibrary {
  readonly database: Database;
  /** By id: definitions never change, and checking one may take a while. */
  readonly #problems = new Map<string, string | null>();

  constructor(database: Database = new Database()) {
    this.database = database;
  }

  /** @param origin name of the file that it comes from. @throws StorageError when there is no room or no storage */
  async create(
    definition: Experiment,
    cells: readonly CellResult[] = [],
    origin: string | null = null,
  ): Promise<StoredExperiment> {
    const now = Date.now();
    const experiment: StoredExperiment = {
      format: EXPERIMENT_FORMAT,
      id: crypto.randomUUID(),
      definition,
      createdAt: now,
      usedAt: now,
      state: 'new',
      notice: null,
      origin,
      resultBytes: cells.reduce((sum, cell) => sum + bytesOf(cell), 0),
    };
    try {
      await transact(await this.database.open(), ['experiments', 'cells'], 'readwrite', async (writing) => {
        await writing.objectStore('experiments').add(experiment, experiment.id);
        for (const cell of cells) await writing.objectStore('cells').add(cell, [experiment.id, cell.key]);
      });
    } catch (cause) {
      throw readableStorageError('The experiment could not be stored', cause);
    }
    return experiment;
  }

  /** Newest first. Those that this program cannot open are listed too, and say why. */
  async list(): Promise<ExperimentRecord[]> {
    const database = await this.database.open();
    const [all, claimed] = await Promise.all([database.getAll('experiments'), claimedRuns(this.database.name)]);
    const records = all.map((stored) => this.#record(stored, claimed));
    return (await Promise.all(records)).sort((a, b) => b.stored.createdAt - a.stored.createdAt);
  }

  /** As it is listed. @throws StorageError when it is not there */
  async record(id: string): Promise<ExperimentRecord> {
    return this.#record(await this.#stored(id), await claimedRuns(this.database.name));
  }

  /** @throws StorageError when it is not there or cannot be opened */
  async get(id: string): Promise<StoredExperiment> {
    const stored = await this.#stored(id);
    const problem = this.#problemOf(stored);
    if (problem !== null) throw new StorageError(problem);
    return stored;
  }

  /** Lets no other tab run or delete it. @throws StorageError when another tab has it, or it cannot be opened */
  async own(id: string): Promise<Claim> {
    const stored = await this.get(id);
    return this.#claim(stored, 'pause it there to go on here');
  }

  /** All results that are there. @throws StorageError, ExperimentError */
  async results(id: string): Promise<Results> {
    const { definition } = await this.get(id);
    return gather(definition, await (await this.database.open()).getAll('cells', ownedBy(id)));
  }

  /** Keys of the cells that have a result. */
  async keys(id: string): Promise<Set<string>> {
    const keys = await (await this.database.open()).getAllKeys('cells', ownedBy(id));
    return new Set(keys.map(([, key]) => key));
  }

  /** Keeps a result, and lets go of the folder that it was made in. @throws StorageError */
  async keep(id: string, result: CellResult, folder: string): Promise<void> {
    await this.#change(id, async (writing, stored) => {
      const cells = writing.objectStore('cells');
      const before = await cells.get([id, result.key]);
      if (before === undefined) await cells.add(result, [id, result.key]);
      await removeIn(writing, id, folder);
      const added = before === undefined ? bytesOf(result) : 0;
      return { ...stored, resultBytes: stored.resultBytes + added, usedAt: Date.now() };
    });
  }

  /** Where files of an experiment are kept while they are needed. */
  folder(id: string, folder: string, until?: AbortSignal): RunStore {
    return workFiles({ database: this.database, owner: id, folder, ...(until === undefined ? {} : { until }) });
  }

  /** Deletes the files of an experiment in every outermost folder for which `isWanted` is false. */
  async sweep(id: string, isWanted: (folder: string) => boolean): Promise<void> {
    await this.#change(id, async (writing, stored) => {
      const keys = await writing.objectStore('work').getAllKeys(ownedBy(id));
      const folders = new Set(keys.map(([, path]) => path.split('/')[0]!));
      for (const folder of folders) if (!isWanted(folder)) await removeIn(writing, id, folder);
      return stored;
    });
  }

  /** Notes what it does, or why it stands still. @throws StorageError */
  async setState(id: string, state: StoredExperiment['state'], notice: string | null): Promise<void> {
    await this.#change(id, async (_, stored) => ({ ...stored, state, notice, usedAt: Date.now() }));
  }

  /** Deletes an experiment with all that belongs to it. @throws StorageError while a tab runs it */
  async remove(id: string): Promise<void> {
    const stored = await this.#stored(id);
    const held = await this.#claim(stored, 'pause it there first');
    try {
      await transact(await this.database.open(), WRITTEN, 'readwrite', async (writing) => {
        await writing.objectStore('experiments').delete(id);
        await writing.objectStore('cells').delete(ownedBy(id));
        await writing.objectStore('work').delete(ownedBy(id));
      });
    } finally {
      held.release();
    }
  }

  async #record(stored: StoredExperiment, claimed: ReadonlySet<string>): Promise<ExperimentRecord> {
    const database = await this.database.open();
    const [done, work] = await Promise.all([
      database.count('cells', ownedBy(stored.id)),
      workBytes(this.database, stored.id),
    ]);
    const problem = this.#problemOf(stored);
    return {
      stored,
      // What cannot be opened may have other fields.
      cells: { done, total: problem === null ? cellCount(stored.definition) : done },
      bytes: stored.resultBytes + work,
      isClaimed: claimed.has(lockOf(stored.id)),
      problem,
    };
  }

  #problemOf(stored: StoredExperiment): string | null {
    const known = this.#problems.get(stored.id);
    if (known !== undefined) return known;
    const problem = problemOf(stored);
    this.#problems.set(stored.id, problem);
    return problem;
  }

  async #claim(stored: StoredExperiment, advice: string): Promise<Claim> {
    const held = await tryClaim(this.database.name, lockOf(stored.id));
    if (held === null) throw new StorageError(`The experiment ${quoted(stored)} runs in another tab: ${advice}.`);
    return held;
  }

  async #stored(id: string): Promise<StoredExperiment> {
    const stored = await (await this.database.open()).get('experiments', id);
    if (stored === undefined) throw new StorageError('This experiment was deleted.');
    return stored;
  }

  /** One transaction that reads the experiment, lets `work` write, and stores what it makes of it. */
  async #change(
    id: string,
    work: (writing: Writing, stored: StoredExperiment) => Promise<StoredExperiment>,
  ): Promise<void> {
    try {
      await transact(await this.database.open(), WRITTEN, 'readwrite', async (writing) => {
        const stored = await writing.objectStore('experiments').get(id);
        if (stored === undefined) throw new StorageError('This experiment was deleted.');
        await writing.objectStore('experiments').put(await work(writing, stored), id);
      });
    } catch (cause) {
      throw readableStorageError('The experiment is paused', cause);
    }
  }
}

function cellCount({ arms, seeds, sweep }: Experiment): number {
  return arms.length * seeds.length * placesOf({ sweep }).length;
}

function bytesOf(result: CellResult): number {
  return JSON.stringify(result).length;
}

function problemOf(stored: StoredExperiment): string | null {
  const what = `The experiment ${quoted(stored)}`;
  if (stored.format > EXPERIMENT_FORMAT)
    return `${what} was written by a newer version of this page, and is left as it is: reload the page to get that version.`;
  try {
    parseExperiment(stored.definition);
    return null;
  } catch (cause) {
    if (cause instanceof ExperimentError) return `${what} cannot be opened: ${cause.message}`;
    throw cause;
  }
}
