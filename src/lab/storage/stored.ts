// What is kept of runs, policies and experiments: plain data that a browser can clone.

import type { Experiment } from '../../experiments/definition.ts';
import type { ModelExperiment } from '../../experiments/model/definition.ts';
import type { RunIdentity } from '../../grpo/runIdentity.ts';
import type { MetricsRow, Stage } from '../../grpo/stages.ts';

/** Grows when the meaning of a stored run changes; newer ones are listed, but neither opened nor changed. */
export const RUN_FORMAT = 1;

export interface RunBytes {
  readonly metrics: number;
  readonly rollouts: number;
  readonly checkpoints: number;
  /** What the run resumes from. */
  readonly save: number;
}

/** 'making': being copied or imported, not to be shown; 'running' without an owner: its tab was closed or crashed. */
export type RunState = 'making' | 'running' | 'paused';

/** From this stage on the tokens may be others than on the first machine. */
export interface Continuation extends Pick<RunIdentity, 'code' | 'backend' | 'adapter'> {
  readonly step: number;
  readonly stage: Stage;
}

export interface StoredRun {
  readonly format: number;
  readonly id: string;
  readonly name: string;
  /** Of the identity: what names the run. */
  readonly hash: string;
  /** Its config is the one that it started with; live changes are annotations. */
  readonly identity: RunIdentity;
  /** Where it went on with other code or on another machine. */
  readonly continued: readonly Continuation[];
  /** Milliseconds since 1970, as Date.now. */
  readonly createdAt: number;
  readonly usedAt: number;
  readonly state: RunState;
  /** Steps finished: rows 0 .. step - 1 are stored. */
  readonly step: number;
  /** Stage that a resumed run begins with. */
  readonly next: Stage;
  /** The run and the step that it was forked from. */
  readonly parent: { readonly id: string; readonly name: string; readonly step: number } | null;
  readonly bytes: RunBytes;
  /** Most bytes of rollouts before the oldest are dropped; see thinning.ts. */
  readonly rolloutBudgetBytes: number;
  /** Steps whose rollouts were dropped. */
  readonly thinnedSteps: number;
}

export interface StoredStep {
  readonly row: MetricsRow;
  /** Length of the row as JSON. */
  readonly bytes: number;
  /** 0: its rollouts were dropped. */
  readonly rolloutBytes: number;
}

/** 'guard': kept for a few steps, in case that something happens; the others stay until they are deleted. */
export type CheckpointKind = 'start' | 'regular' | 'guard' | 'pinned';

export interface StoredCheckpoint {
  /** Steps finished when it was made: the name of its folder, step-N. */
  readonly step: number;
  readonly kind: CheckpointKind;
  /** Why it is pinned, e.g. 'before collapse'. */
  readonly label: string | null;
  readonly createdAt: number;
  readonly bytes: number;
  /** Live changes that had been made. */
  readonly annotations: number;
}

export interface StoredPolicy {
  readonly format: number;
  readonly id: string;
  readonly name: string;
  /** Task whose problems it answers. */
  readonly task: string;
  readonly createdAt: number;
  readonly bytes: number;
  /** How it was made, in one sentence. */
  readonly origin: string;
}

/** Grows when the meaning of a stored experiment changes; newer ones are listed, but neither opened nor changed. */
export const EXPERIMENT_FORMAT = 1;

export interface StoredExperiment {
  readonly format: number;
  readonly id: string;
  /** Never changed: results belong to it. */
  readonly definition: Experiment;
  /** Milliseconds since 1970, as Date.now. */
  readonly createdAt: number;
  readonly usedAt: number;
  /** 'new': never run here; 'running' without an owner: its tab was closed or crashed. */
  readonly state: 'new' | 'running' | 'paused' | 'failed';
  /** Why it failed or was paused, in one sentence. */
  readonly notice: string | null;
  /** Name of the file that it was opened from. */
  readonly origin: string | null;
  /** Of its results. */
  readonly resultBytes: number;
}

/** Grows when the meaning of a stored experiment or of its cells changes; newer ones are neither opened nor changed. */
export const MODEL_EXPERIMENT_FORMAT = 1;

/** An experiment on a language model. */
export interface StoredModelExperiment {
  readonly format: number;
  readonly id: string;
  /** Never changed: cells belong to it. */
  readonly experiment: ModelExperiment;
  /** Milliseconds since 1970, as Date.now. */
  readonly createdAt: number;
  readonly usedAt: number;
  /** Of its cells. */
  readonly cellBytes: number;
}
