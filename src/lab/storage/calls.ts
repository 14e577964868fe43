import type { Call } from '../call.ts';
import type { RunSummary } from './runLibrary.ts';
import type { StoredPolicy } from './stored.ts';

/** What this browser keeps for the page, in bytes. */
export interface StorageUsage {
  /** All of the page's storage, as the browser counts it; null where it does not say. */
  readonly usedBytes: number | null;
  /** What the browser would give at most; null where it does not say. */
  readonly quotaBytes: number | null;
  /** Whether the browser may delete it when the disk fills up. */
  readonly isPersistent: boolean;
}

/** An experiment with its results, or one on a language model, as it is listed. */
export interface ExperimentSize {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly cells: { readonly done: number; readonly total: number };
  readonly bytes: number;
}

export interface StorageList {
  /** Last used first. */
  readonly runs: readonly RunSummary[];
  /** Newest first. */
  readonly policies: readonly StoredPolicy[];
  /** Newest first. */
  readonly experiments: readonly ExperimentSize[];
  /** Newest first. */
  readonly modelExperiments: readonly ExperimentSize[];
  readonly usage: StorageUsage;
}

/** How many are open or run somewhere, and were not deleted. */
export interface LeftThere {
  readonly runs: number;
  readonly experiments: number;
  readonly modelExperiments: number;
}

export interface StorageCalls {
  'storage/list': Call<null, StorageList>;
  'storage/rename-run': Call<{ readonly run: string; readonly name: string }, null>;
  /** Refused while a tab has the run open. */
  'storage/remove-run': Call<{ readonly run: string }, null>;
  'storage/remove-policy': Call<{ readonly policy: string }, null>;
  /**
   * Deletes everything that no tab has open; an experiment that runs in this tab is paused first, but one on a language
   * model is left. Says what was left.
   */
  'storage/remove-all': Call<null, LeftThere>;
  /** The run as a zip file. Progress is the share that is done. */
  'storage/export-run': Call<{ readonly run: string }, { readonly name: string; readonly file: Blob }, number>;
  /** A run from such a file, checked and stored under a new id. Progress is the share that is done. */
  'storage/import-run': Call<{ readonly file: Blob }, { readonly run: string }, number>;
}
