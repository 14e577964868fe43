// What the page asks the engine's worker, which holds what is stored, of experiments on language models.

import type { ModelCellResult } from '../../../experiments/model/cellResult.ts';
import type { ModelCell, ModelExperiment } from '../../../experiments/model/definition.ts';
import type { ModelFindings } from '../../../experiments/model/findings.ts';
import type { Call } from '../../call.ts';
import type { SavedFile } from '../../experiments/calls.ts';
import type { ModelExperimentEntry, ModelExperimentFile, ReadCell } from './state.ts';

/** What is left of an experiment that this tab has claimed. */
export interface ModelWork {
  readonly experiment: ModelExperiment;
  /** Cells that are not stored, in the order in which they are drawn. */
  readonly missing: readonly ModelCell[];
  /** By arm: what its kept queues hold; empty where none is kept, or no cell is there. */
  readonly queues: readonly (readonly Float32Array[])[];
}

/** What is read of those that are stored. */
export interface ModelReadingCalls {
  /** Of the cells that are there, also while it runs. */
  'model-experiment/findings': Call<{ readonly id: string }, ModelFindings>;
  /** null: it is not drawn yet. */
  'model-experiment/cell': Call<{ readonly id: string; readonly cell: ModelCell }, ReadCell | null>;
  'model-experiment/save': Call<{ readonly id: string; readonly what: ModelExperimentFile }, SavedFile>;
}

export interface ModelExperimentCalls extends ModelReadingCalls {
  /** Newest first. */
  'model-experiment/list': Call<null, readonly ModelExperimentEntry[]>;
  /** Stores a new experiment. `definition` is for parseModelExperiment. */
  'model-experiment/create': Call<{ readonly definition: unknown }, ModelExperimentEntry>;
  /** Claims it for this tab until `end`. Refused while another tab has it. */
  'model-experiment/begin': Call<{ readonly id: string }, ModelWork>;
  /** Stores a cell of an experiment that this tab has claimed; a cell that is there already stays as it is. */
  'model-experiment/keep-cell': Call<{ readonly id: string; readonly cell: ModelCellResult }, ModelExperimentEntry>;
  'model-experiment/end': Call<{ readonly id: string }, null>;
  /** Deletes it with its cells. Refused while a tab, also this one, has claimed it. */
  'model-experiment/remove': Call<{ readonly id: string }, null>;
}

export interface ModelExperimentNews {
  /** Some were deleted. */
  'model-experiment/removed': null;
}
