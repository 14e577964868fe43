// The database of the page, one for all tabs: what is stored under which key, and how an older one is brought up to date.
//
//   runs         id                 config, identity, dates, sizes: small, read to list them
//   steps        [id, step]         the metrics row of a finished step, and the sizes of what belongs to it
//   rollouts     [id, step]         rollouts.jsonl of that step, gzip
//   annotations  id                 the run's live changes, oldest first
//   checkpoints  [id, step]         what is kept and why: small
//   policies     id                 bases that were made or opened here: small
//   files        [id, name]         the files of a checkpoint: name is 'save', 'step-N' or 'model'
//   experiments  id                 definition, dates, how it ended: small
//   cells        [id, key]          the result of a cell
//   work         [id, path, from, length]   a stretch of bytes of a file of a cell under way; see experiments/workFiles.ts
//   modelExperiments  id            experiments on language models: definition, dates, sizes: small
//   modelCells   [id, place]        a cell's rollouts, whole; its place in the order in which cells are drawn
//   modelQueues  [id, arm]          what the arm's kept entropy queues hold after its last stored cell
//
// Every write of a run is one transaction over all of them, so a tab may die at any point.

import { type DBSchema, type IDBPDatabase, type OpenDBCallbacks, openDB } from 'idb';
import type { CellResult } from '../../experiments/cellResult.ts';
import type { ModelCellResult } from '../../experiments/model/cellResult.ts';
import type { Annotation } from '../../grpo/stages.ts';
import type { CheckpointFiles } from '../../policy/checkpoint.ts';
import { StorageError } from './errors.ts';
import type {
  StoredCheckpoint,
  StoredExperiment,
  StoredModelExperiment,
  StoredPolicy,
  StoredRun,
  StoredStep,
} from './stored.ts';

export const DATABASE_NAME = 'multi-temperature-laboratory';

export interface LaboratorySchema extends DBSchema {
  runs: { key: string; value: StoredRun };
  steps: { key: [string, number]; value: StoredStep };
  rollouts: { key: [string, number]; value: Uint8Array<ArrayBuffer> };
  annotations: { key: string; value: readonly Annotation[] };
  checkpoints: { key: [string, number]; value: StoredCheckpoint };
  policies: { key: string; value: StoredPolicy };
  files: { key: [string, string]; value: CheckpointFiles };
  experiments: { key: string; value: StoredExperiment };
  cells: { key: [string, string]; value: CellResult };
  work: { key: [string, string, number, number]; value: Uint8Array<ArrayBuffer> };
  modelExperiments: { key: string; value: StoredModelExperiment };
  /** Without queues: these are in modelQueues, of the last cell of an arm alone. */
  modelCells: { key: [string, number]; value: Omit<ModelCellResult, 'queues'> };
  modelQueues: { key: [string, number]; value: readonly Float32Array[] };
}

export type LaboratoryDatabase = IDBPDatabase<LaboratorySchema>;
type Upgrade =
  NonNullable<OpenDBCallbacks<LaboratorySchema>['upgrade']> extends (db: infer D, ...rest: never[]) => void
    ? (database: D) => void
    : never;

/** Upgrade i makes version i + 1 out of version i; they only ever grow in number. */
export const UPGRADES: readonly Upgrade[] = [
  (database) => {
    for (const store of ['runs', 'steps', 'rollouts', 'annotations', 'checkpoints', 'policies', 'files'] as const)
      database.createObjectStore(store);
  },
  (database) => {
    for (const store of ['experiments', 'cells', 'work'] as const) database.createObjectStore(store);
  },
  (database) => {
    for (const store of ['modelExperiments', 'modelCells', 'modelQueues'] as const) database.createObjectStore(store);
  },
];

/** All keys of one owner in a store whose keys are [id, x]: arrays sort after every number and text. */
export const ownedBy = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);

/** Steps `from` to `to` (without `to`) of one run. */
export const stepsOf = (id: string, from: number, to = Number.POSITIVE_INFINITY): IDBKeyRange =>
  IDBKeyRange.bound([id, from], [id, to], false, true);

/** A connection that opens when it is first needed, and again after the browser or another tab closed it. */
export class Database {
  readonly name: string;
  readonly #upgrades: readonly Upgrade[];
  #connection: Promise<LaboratoryDatabase> | null = null;
  /** Set when a newer program took the database over: this one must not write to it any more. */
  #over: string | null = null;

  constructor(name: string = DATABASE_NAME, upgrades: readonly Upgrade[] = UPGRADES) {
    this.name = name;
    this.#upgrades = upgrades;
  }

  /** @throws StorageError when there is no storage, or when a newer version of this program has written it */
  open(): Promise<LaboratoryDatabase> {
    if (this.#over !== null) return Promise.reject(new StorageError(this.#over));
    const connection = this.#connection ?? this.#connect();
    this.#connection = connection;
    connection.catch(() => {
      if (this.#connection === connection) this.#connection = null;
    });
    return connection;
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    (await connection?.catch(() => null))?.close();
  }

  async #connect(): Promise<LaboratoryDatabase> {
    try {
      return await openDB<LaboratorySchema>(this.name, this.#upgrades.length, {
        upgrade: (database, oldVersion) => {
          for (const upgrade of this.#upgrades.slice(oldVersion)) upgrade(database);
        },
        blocking: (_current, _wanted, event) => {
          // Another tab has a newer program, which waits for this connection to close.
          this.#over = 'This page is older than the one in another tab, which took the storage over: reload this page.';
          (event.target as IDBDatabase).close();
        },
        terminated: () => {
          this.#connection = null;
        },
      });
    } catch (cause) {
      if ((cause as Error).name === 'VersionError')
        throw new StorageError(
          'What this browser has stored was written by a newer version of this page, and is left as it is: reload the page to get that version.',
        );
      throw new StorageError(
        `This browser gives the page no storage (${(cause as Error).message.replace(/\.$/, '')}).`,
      );
    }
  }
}
