// What the trainer offers to a command line, a page and an experiment: three stages a step, each of which may be the
// last before a save.
//
//   collect   problems, rollouts, rewards          draws until the step is full or the cap is reached
//   score     advantages, old log-probs, the audit
//   update    inner epochs over mini-batches       changes the weights; the step is then done

import type { Checkpoint } from '../policy/checkpoint.ts';
import type { RolloutRecord } from './rolloutRecord.ts';
import type { RunConfig } from './runConfig.ts';

export const STAGES = ['collect', 'score', 'update'] as const;
export type Stage = (typeof STAGES)[number];

/** One line of metrics.jsonl: the step, and numbers under METHOD's and TRL's names; null: not defined in this step. */
export type MetricsRow = { readonly step: number } & Readonly<Record<string, number | null>>;

/** What may be changed between stages without a new run. */
export interface LiveChange {
  /** T_high, T_low (binary, rank), tau (fixed, EDT's base); replaces the schedule of that temperature too. */
  readonly high?: number;
  readonly low?: number;
  readonly tau?: number;
  /** k of the quantile rules, p of top-p, nats of absolute. */
  readonly threshold?: number;
  /** N */
  readonly queueCapacity?: number;
  readonly learningRate?: number;
}

/** A live change as the record keeps it. */
export interface Annotation extends LiveChange {
  /** The step and stage that it came before. */
  readonly step: number;
  readonly stage: Stage;
}

export interface StageOptions {
  readonly signal?: AbortSignal;
  /** Share of the stage that is done, in [0, 1]. */
  readonly onProgress?: (done: number) => void;
}

/** What a finished step leaves. */
export interface StepResult {
  readonly metrics: MetricsRow;
  readonly rollouts: readonly RolloutRecord[];
}

export interface StageResult {
  readonly stage: Stage;
  readonly milliseconds: number;
  /** After 'update' the finished step, else null. */
  readonly finished: StepResult | null;
}

export interface Trainer {
  /** With live changes applied. */
  readonly config: RunConfig;
  readonly annotations: readonly Annotation[];
  /** Steps finished. */
  readonly step: number;
  /** What runStage will do next. */
  readonly next: Stage;
  /** Rollouts of the step under way: empty before collect, unscored before score. */
  readonly rollouts: readonly RolloutRecord[];

  /** Runs one stage. Aborted (AbortError) or failed, it leaves the trainer before that stage, as if it had not begun. */
  runStage(options?: StageOptions): Promise<StageResult>;
  /** Runs stages until a step is finished. */
  runStep(options?: StageOptions): Promise<StepResult>;
  /** @throws RunConfigError for a change that the config does not take; nothing is changed then */
  change(change: LiveChange): Annotation;
  /** Everything needed to go on from here bit for bit, the stage under way included; between stages only. */
  save(): Promise<Checkpoint>;
  /** Frees what the trainer made for itself; not the engine it was given. */
  destroy(): void;
}
