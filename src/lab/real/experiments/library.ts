// The experiments on language models that this browser keeps: made, listed, read, deleted; and their cells.
//
// A cell is stored whole in one transaction, with what kept queues hold after it, so a tab may die at any point.

import type { ModelCellResult } from '../../../experiments/model/cellResult.ts';
import {
  type ModelCell,
  type ModelExperiment,
  ModelExperimentError,
  modelCellsOf,
  parseModelExperiment,
} from '../../../experiments/model/definition.ts';
import { Database, ownedBy } from '../../storage/database.ts';
import { readableStorageError, StorageError } from '../../storage/errors.ts';
import { type Claim, tryClaim } from '../../storage/ownership.ts';
import { MODEL_EXPERIMENT_FORMAT, type StoredModelExperiment } from '../../storage/stored.ts';
import { transact } from '../../storage/transaction.ts';

/** Locks of runs and experiments have their names from one space. */
const lockOf = (id: string) => `model experiment ${id}`;
const quoted = ({ experiment }: StoredModelExperiment) => JSON.stringify(experiment.name);

const WRITTEN = ['modelExperiments', 'modelCells', 'modelQueues'] as const;

/** A cell as it is stored: queues are kept of the last cell of an arm alone. */
export type StoredModelCell = Omit<ModelCellResult, 'queues'>;

export interface ModelExperimentRecord {
  readonly stored: StoredModelExperiment;
  /** Cells that are there, and that there can be. */
  readonly cells: { readonly done: number; readonly total: number };
  readonly bytes: number;
  /** Why it cannot be opened, in one sentence; null when it can. */
  readonly problem: string | null;
}

/** A cell's place in the order in which cells are drawn; its key. */
export const placeOf = ({ arms }: Pick<ModelExperiment, 'arms'>, { question, arm }: ModelCell): number =>
  question * arms.length + arm;

export class ModelExperimentLibrary {
  readonly database: Database;
  /** By id: definitions never change, and checking one may take a while. */
  readonly #problems = new Map<string, string | null>();

  constructor(database: Database = new Database()) {
    this.database = database;
  }

  /** @throws StorageError when there is no room or no storage */
  async create(experiment: ModelExperiment): Promise<StoredModelExperiment> {
    const now = Date.now();
    const stored: StoredModelExperiment = {
      format: MODEL_EXPERIMENT_FORMAT,
      id: crypto.randomUUID(),
      experiment,
      createdAt: now,
      usedAt: now,
      cellBytes: 0,
    };
    try {
      await transact(await this.database.open(), ['modelExperiments'], 'readwrite', (writing) =>
        writing.objectStore('modelExperiments').add(stored, stored.id),
      );
    } catch (cause) {
      throw readableStorageError('The experiment could not be stored', cause);
    }
    return stored;
  }

  /** Newest first. Those that this program cannot open are listed too, and say why. */
  async list(): Promise<ModelExperimentRecord[]> {
    const all = await (await this.database.open()).getAll('modelExperiments');
    const records = await Promise.all(all.map((stored) => this.#record(stored)));
    return records.sort((a, b) => b.stored.createdAt - a.stored.createdAt);
  }

  /** As it is listed. @throws StorageError when it is not there */
  async record(id: string): Promise<ModelExperimentRecord> {
    return this.#record(await this.#stored(id));
  }

  /** @throws StorageError when it is not there or cannot be opened */
  async get(id: string): Promise<StoredModelExperiment> {
    const stored = await this.#stored(id);
    const problem = this.#problemOf(stored);
    if (problem !== null) throw new StorageError(problem);
    return stored;
  }

  /** Lets nobody else draw or delete it. @throws StorageError when another tab has it, or it cannot be opened */
  async own(id: string): Promise<Claim> {
    return this.#claim(await this.get(id), 'is run in another tab: pause it there to go on here');
  }

  /** Places of the cells that are there, rising. */
  async places(id: string): Promise<number[]> {
    const keys = await (await this.database.open()).getAllKeys('modelCells', ownedBy(id));
    return keys.map(([, place]) => place);
  }

  /** Cells `from` to `to` (both of them) of those that are there, by place. */
  async cells(id: string, from = 0, to = Number.MAX_SAFE_INTEGER): Promise<StoredModelCell[]> {
    return (await this.database.open()).getAll('modelCells', IDBKeyRange.bound([id, from], [id, to]));
  }

  /** By arm: what kept queues hold after the last cell of it that is there; empty where none is kept. */
  async queues(id: string): Promise<(readonly Float32Array[])[]> {
    const { experiment } = await this.get(id);
    const database = await this.database.open();
    return Promise.all(experiment.arms.map(async (_, arm) => (await database.get('modelQueues', [id, arm])) ?? []));
  }

  /** Stores a cell; one that is there already stays as it is. @throws StorageError */
  async keep(id: string, { queues, ...cell }: ModelCellResult): Promise<void> {
    try {
      await transact(await this.database.open(), WRITTEN, 'readwrite', async (writing) => {
        const stored = await writing.objectStore('modelExperiments').get(id);
        if (stored === undefined) throw new StorageError('This experiment was deleted.');
        const key: [string, number] = [id, placeOf(stored.experiment, cell)];
        if ((await writing.objectStore('modelCells').getKey(key)) !== undefined) return;
        await writing.objectStore('modelCells').add(cell, key);
        if (stored.experiment.arms[cell.arm]!.sampler.queue.keep)
          await writing.objectStore('modelQueues').put(queues, [id, cell.arm]);
        const cellBytes = stored.cellBytes + bytesOf(cell);
        await writing.objectStore('modelExperiments').put({ ...stored, cellBytes, usedAt: Date.now() }, id);
      });
    } catch (cause) {
      throw readableStorageError('The experiment is paused', cause);
    }
  }

  /** Deletes an experiment with its cells. @throws StorageError while it is run */
  async remove(id: string): Promise<void> {
    const held = await this.#claim(await this.#stored(id), 'is being run, here or in another tab: pause it first');
    try {
      await transact(await this.database.open(), WRITTEN, 'readwrite', async (writing) => {
        await writing.objectStore('modelExperiments').delete(id);
        await writing.objectStore('modelCells').delete(ownedBy(id));
        await writing.objectStore('modelQueues').delete(ownedBy(id));
      });
    } finally {
      held.release();
    }
  }

  async #record(stored: StoredModelExperiment): Promise<ModelExperimentRecord> {
    const done = await (await this.database.open()).count('modelCells', ownedBy(stored.id));
    const problem = this.#problemOf(stored);
    return {
      stored,
      // What cannot be opened may have other fields.
      cells: { done, total: problem === null ? modelCellsOf(stored.experiment).length : done },
      bytes: stored.cellBytes,
      problem,
    };
  }

  #problemOf(stored: StoredModelExperiment): string | null {
    const known = this.#problems.get(stored.id);
    if (known !== undefined) return known;
    const problem = problemOf(stored);
    this.#problems.set(stored.id, problem);
    return problem;
  }

  async #claim(stored: StoredModelExperiment, state: string): Promise<Claim> {
    const held = await tryClaim(this.database.name, lockOf(stored.id));
    if (held === null) throw new StorageError(`The experiment ${quoted(stored)} ${state}.`);
    return held;
  }

  async #stored(id: string): Promise<StoredModelExperiment> {
    const stored = await (await this.database.open()).get('modelExperiments', id);
    if (stored === undefined) throw new StorageError('This experiment was deleted.');
    return stored;
  }
}

/** Bytes of a cell as its memory holds them; the prompt is shared by all rollouts. */
function bytesOf({ rollouts, texts, pieces, verdicts }: StoredModelCell): number {
  const words = [
    ...texts,
    ...pieces.map(([, piece]) => piece),
    ...verdicts.flatMap(({ outcome, extracted }) => [outcome, extracted ?? '']),
  ];
  const text = words.reduce((sum, { length }) => sum + length, 0);
  const arrays = rollouts.flatMap((rollout) => Object.values(rollout)).filter((value) => ArrayBuffer.isView(value));
  return [...new Set(arrays)].reduce((sum, { byteLength }) => sum + byteLength, text);
}

function problemOf(stored: StoredModelExperiment): string | null {
  const what = `The experiment ${quoted(stored)}`;
  if (stored.format > MODEL_EXPERIMENT_FORMAT)
    return `${what} was written by a newer version of this page, and is left as it is: reload the page to get that version.`;
  try {
    parseModelExperiment(stored.experiment, `${what} cannot be opened`);
    return null;
  } catch (cause) {
    if (cause instanceof ModelExperimentError) return cause.message;
    throw cause;
  }
}
