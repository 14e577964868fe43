// What the page knows of experiments on language models, and what can be done with them.

import type { StoreApi } from 'zustand/vanilla';
import type { ModelCell, ModelExperiment, ModelExperimentInput } from '../../../experiments/model/definition.ts';
import type { ModelFindings } from '../../../experiments/model/findings.ts';
import type { RolloutRecord } from '../../../grpo/rolloutRecord.ts';
import type { SavedFile } from '../../experiments/calls.ts';

export interface ModelExperimentEntry {
  readonly id: string;
  readonly experiment: ModelExperiment;
  /** Milliseconds since 1970. */
  readonly made: number;
  readonly cells: number;
  readonly done: number;
  readonly bytes: number;
}

/** A cell to be read by a person. */
export interface ReadCell {
  readonly records: readonly RolloutRecord[];
  /** The text of every token that the completions hold. */
  readonly pieces: ReadonlyMap<number, string>;
  /** What was taken for the answer, one a rollout; null: nothing, or the task does not say. */
  readonly extracted: readonly (string | null)[];
}

/** How far the one that runs is. */
export interface ModelExperimentProgress {
  readonly id: string;
  readonly done: number;
  readonly cells: number;
  /** Tokens of the longest row of the cell under way, and what it may have. */
  readonly steps: number;
  readonly mostSteps: number;
  /** From the cells of this session; null: none is done yet. */
  readonly secondsLeft: number | null;
  /** True between the wish to pause and its end. */
  readonly isStopping: boolean;
}

export interface ModelExperimentsState {
  /** Newest first; null until it was first asked for. */
  readonly list: readonly ModelExperimentEntry[] | null;
  /** Id of the one that is looked at. */
  readonly looked: string | null;
  /** Of the one that is looked at; they grow while it runs. */
  readonly findings: ModelFindings | null;
  readonly running: ModelExperimentProgress | null;
  /** What is being done that the reader waits for, in a few words. */
  readonly busy: string | null;
  /** One sentence. */
  readonly failure: string | null;
}

/** rollouts: JSONL of rollout records. tables: a zip of CSV files. experiment: JSON of definition and findings. */
export type ModelExperimentFile = 'rollouts' | 'tables' | 'experiment';

export interface ModelExperiments extends StoreApi<ModelExperimentsState> {
  /** Looks again at what is stored. */
  readonly refresh: () => Promise<void>;
  /** Stores a new experiment and looks at it. @returns its id; null: it failed */
  readonly create: (input: ModelExperimentInput) => Promise<string | null>;
  /** Draws the cells that are not there yet with the loaded model; refused in a sentence when it is another model. */
  readonly run: (id: string) => Promise<void>;
  /** Stops behind the cell's present token; the cell is drawn anew when it goes on. */
  readonly pause: () => void;
  readonly remove: (id: string) => Promise<void>;
  /** null: at none. */
  readonly look: (id: string | null) => Promise<void>;
  /** A file to hand to the reader; null: it failed. */
  readonly save: (id: string, what: ModelExperimentFile) => Promise<SavedFile | null>;
  /** One cell with all its rollouts; null: it is not drawn yet, or it could not be read. */
  readonly read: (id: string, cell: ModelCell) => Promise<ReadCell | null>;
  /** Says that something that was tried for it failed, in one sentence. */
  readonly refuse: (sentence: string) => void;
  readonly dismiss: () => void;
}
