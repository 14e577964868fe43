// What the Real model room asks of its own worker, which holds one language model at a time, and of the engine's worker.

import type { ModelCellResult } from '../../experiments/model/cellResult.ts';
import type { ModelCell, ModelExperiment } from '../../experiments/model/definition.ts';
import type { Judgement } from '../../llm/problems/problem.ts';
import type {
  Alternatives,
  LlmDevice,
  LlmDtype,
  LoadProgress,
  ModelDescription,
  ModelFile,
  ModelSource,
  PromptText,
} from '../../llm/session.ts';
import type { Rollout } from '../../policy/engine.ts';
import type { SamplerConfig } from '../../temperature/config.ts';
import type { Call } from '../call.ts';
import type { StepPolicyRef } from '../step/policy.ts';

/** What the page needs to know of a loaded model. */
export interface LoadedModel {
  readonly name: string;
  readonly dtype: LlmDtype;
  readonly device: LlmDevice;
  /** What runs it, in words. */
  readonly adapter: string;
  readonly description: ModelDescription;
  readonly stopTokens: readonly { readonly id: number; readonly piece: string }[];
  readonly hasChatTemplate: boolean;
}

/** Rollouts of one prompt as they stand. */
export interface GroupView {
  /** Names the group in later calls. */
  readonly id: number;
  readonly promptIds: Int32Array;
  /** The prompt as the model reads it, special tokens written out. */
  readonly promptText: string;
  readonly rollouts: readonly Rollout[];
  /** Completions without special tokens. */
  readonly texts: readonly string[];
  /** Texts of tokens that were not told before. */
  readonly pieces: readonly (readonly [id: number, text: string])[];
  /** Tokens of the longest row. */
  readonly steps: number;
  readonly isDone: boolean;
  /** What the entropy queues hold, oldest first, by queue index. */
  readonly queues: readonly Float32Array[];
}

export interface StartInput {
  readonly prompt: PromptText;
  /** G. */
  readonly rollouts: number;
  readonly maxNewTokens: number;
  readonly sampler: SamplerConfig;
  readonly seed: number;
  readonly stream: number;
  /** Sampling its last token ends a rollout too; null: the model's own end tokens alone. */
  readonly stopText: string | null;
  readonly queuesBefore: readonly Float32Array[];
}

export interface PlayInput {
  readonly group: number;
  /** Of the coming tokens. */
  readonly sampler: SamplerConfig;
  /** At most. */
  readonly count: number;
}

export interface BranchInput {
  readonly group: number;
  readonly row: number;
  readonly index: number;
  readonly token: number;
  readonly stream: number;
  readonly sampler: SamplerConfig;
  /** The branch goes on up to here, so that it stands where the group does. */
  readonly steps: number;
}

export interface CellInput {
  readonly experiment: ModelExperiment;
  readonly cell: ModelCell;
  /** What kept queues hold before it, by queue index. */
  readonly queuesBefore: readonly Float32Array[];
}

export interface CellProgress {
  /** Tokens of the longest row, over the batches so far. */
  readonly steps: number;
  /** What these may be at most. */
  readonly mostSteps: number;
}

export interface KnownAlternatives extends Alternatives {
  readonly pieces: GroupView['pieces'];
}

/** Of the engine's worker. */
export interface PolicyFilesCalls {
  /** A policy as the files of a Hugging Face folder with an ONNX graph. */
  'real/policy-files': Call<
    { readonly policy: StepPolicyRef },
    {
      readonly files: readonly ModelFile[];
      /** Another text whenever the files are others. */
      readonly fingerprint: string;
    }
  >;
}

/** Of the room's own worker. */
export interface RealCalls {
  /** Once in a worker's life. */
  'real/load': Call<
    { readonly source: ModelSource; readonly dtype: LlmDtype; readonly device: LlmDevice },
    LoadedModel,
    LoadProgress
  >;
  'real/start': Call<StartInput, GroupView>;
  /** Up to `count` tokens for every rollout. Cancelled, it answers with the tokens that came. */
  'real/play': Call<PlayInput, GroupView, GroupView>;
  /** Forgets all tokens from step `steps` on. */
  'real/back': Call<{ readonly group: number; readonly steps: number }, GroupView>;
  'real/branch': Call<BranchInput, GroupView, GroupView>;
  'real/alternatives': Call<
    { readonly group: number; readonly row: number; readonly index: number; readonly count: number },
    KnownAlternatives
  >;
  /** A cell of an experiment, whole. Cancelled, nothing of it is left. */
  'real/cell': Call<CellInput, ModelCellResult, CellProgress>;
  'real/drop': Call<{ readonly group: number }, null>;
  /** By the mathematics of the answers; loads what they are compared with. */
  'real/judge': Call<{ readonly answer: string; readonly completions: readonly string[] }, readonly Judgement[]>;
}

export interface RealNews {
  /** The GPU is gone, and the model with it; one sentence. */
  'real/lost': string;
}
