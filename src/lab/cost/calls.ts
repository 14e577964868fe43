import type { SamplerConfig } from '../../temperature/config.ts';
import type { Call } from '../call.ts';
import type { PolicyRef } from '../engine/policyRef.ts';
import type { MethodCost } from './statistics.ts';

/** What is rolled out: the prompts and rollouts of one training step. */
export interface CostOrder {
  readonly policy: PolicyRef;
  readonly task: string;
  readonly difficulty: string;
  readonly sampler: SamplerConfig;
  readonly maxNewTokens: number;
  readonly prompts: number;
  /** Rollouts a prompt. */
  readonly group: number;
  readonly seed: number;
  /** Timed pairs. */
  readonly repeats: number;
}

export interface CostReport extends MethodCost {
  /** Decode steps of each timed rollout. */
  readonly steps: number;
  /** Rollouts side by side. */
  readonly rows: number;
  /** Tokens of each timed rollout, all rows together. */
  readonly tokens: number;
  readonly adapter: string;
}

export interface CostCalls {
  /**
   * Rolls out the same tokens with a sampler and with one fixed temperature, in turns, and times both. Progress is the
   * share that is done.
   */
  'cost/measure': Call<CostOrder, CostReport, number>;
}
