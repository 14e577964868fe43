import type { Experiment, Point } from '../../experiments/definition.ts';
import type { Results } from '../../experiments/results.ts';
import type { Backend } from '../../policy/engine.ts';
import type { Call } from '../call.ts';

/**
 * 'waiting': for the experiment before it, one runs at a time. 'paused': it was not begun yet, or stands still and goes
 * on where it was. 'failed': something is wrong that `notice` tells; it may be run again.
 */
export type ExperimentPhase = 'waiting' | 'running' | 'paused' | 'finished' | 'failed';

/** 'opening': policy and engine are made ready. 'recovering': the GPU was lost, and the cell is put on a new one. */
export type CellDoing = 'opening' | 'making the start' | 'training' | 'evaluating' | 'recovering';

/** The cell that is made now. */
export interface CellUnderWay extends Pick<Point, 'arm' | 'at'> {
  readonly seed: number;
  /** Its place among all cells of the experiment, from 0. */
  readonly index: number;
  readonly doing: CellDoing;
  /** Training steps done; while the start is made: steps of that. */
  readonly step: number;
  readonly steps: number;
  /** Share of the stage or of the evaluation that is done, in [0, 1]. */
  readonly done: number;
  /** Share of the cell that is done, in [0, 1]: steps, and evaluations, by what they took so far. */
  readonly share: number;
  /** Mean reward of the last training step; null before one. */
  readonly reward: number | null;
}

/** Where an experiment stands: small, told again and again while it runs. */
export interface ExperimentState {
  readonly id: string;
  readonly phase: ExperimentPhase;
  /** Whether another tab runs it, or has it waiting; nothing can be done with it here then but to look at its results. */
  readonly isElsewhere: boolean;
  /** Whether it was ever run here: "go on" rather than "run". */
  readonly isBegun: boolean;
  readonly cells: { readonly done: number; readonly total: number };
  /** null: no cell is made now by this tab. */
  readonly underWay: CellUnderWay | null;
  /** For all that is left, by what was measured since it was begun in this visit; null: nothing was yet. */
  readonly secondsLeft: number | null;
  /** Why it failed or was paused without being asked to; one sentence. */
  readonly notice: string | null;
}

/** An experiment as it is listed. */
export interface ExperimentEntry {
  readonly definition: Experiment;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** When a result was last added, or it was run. */
  readonly usedAt: number;
  /** All that is stored of it. */
  readonly bytes: number;
  /** Name of the file that it was opened from; null: it was made here. */
  readonly origin: string | null;
  readonly state: ExperimentState;
}

/** What an experiment would take on this device. */
export interface ExperimentEstimate {
  /** The whole experiment: starts, training and evaluations of all cells. */
  readonly seconds: number;
  readonly cells: number;
  /** Of the baseline arm; null: nothing is trained. The mean over sizes where a sweep changes the policy. */
  readonly stepSeconds: number | null;
  /** One evaluation with all its prompts. */
  readonly evaluationSeconds: number;
  /** Making the policies that cells start from, all of them; 0: they come with the page, or are stored already. */
  readonly startSeconds: number;
  readonly backend: Backend;
  readonly adapter: string;
}

export interface EstimateProgress {
  /** In a few words. */
  readonly doing: string;
  /** In [0, 1]. */
  readonly done: number;
}

export interface SavedFile {
  readonly name: string;
  readonly file: Blob;
}

export interface ExperimentCalls {
  /** Newest first. */
  'experiment/list': Call<null, readonly ExperimentEntry[]>;
  /** Stores a new experiment, which does not run yet. `definition` is for parseExperiment. */
  'experiment/create': Call<{ readonly definition: unknown }, ExperimentEntry>;
  /** Puts it at the end of the queue; answered as soon as it is there. Refused while another tab has it. */
  'experiment/run': Call<{ readonly id: string }, null>;
  /** Answered when it stands still, saved between two stages; out of the queue at once when it waits. */
  'experiment/pause': Call<{ readonly id: string }, null>;
  /** Deletes it with its results, pausing it first. Refused while another tab has it. */
  'experiment/remove': Call<{ readonly id: string }, null>;
  /** What is there so far, also while it runs. */
  'experiment/results': Call<{ readonly id: string }, Results>;
  /** The results as one file, which `experiment/import` and the command line read. */
  'experiment/export': Call<{ readonly id: string }, SavedFile>;
  /** A zip: that file, and tables of evaluations and curves as CSV. */
  'experiment/export-tables': Call<{ readonly id: string }, SavedFile>;
  /**
   * Stores what a file holds as a new experiment: results, of which missing cells can be run here, or a definition alone.
   * `name` is that of the file.
   */
  'experiment/import': Call<{ readonly file: Blob; readonly name: string }, ExperimentEntry>;
  /**
   * Measures on this device what an experiment would take: one real training step and one small evaluation of the baseline
   * arm, of each size of policy where a sweep changes it. Nothing is stored.
   */
  'experiment/estimate': Call<{ readonly definition: unknown }, ExperimentEstimate, EstimateProgress>;
}

export interface ExperimentNews {
  /** At most four times a second of an experiment that runs, and whenever a phase has changed. */
  'experiment/news': ExperimentState;
}
