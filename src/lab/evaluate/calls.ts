import type { Evaluation } from '../../grpo/evaluation.ts';
import type { SamplerConfigInput } from '../../temperature/config.ts';
import type { Call } from '../call.ts';
import type { PolicyRef } from '../engine/policyRef.ts';

/** What a cell of the matrix is measured with. */
export interface EvaluationOrder {
  readonly policy: PolicyRef;
  readonly task: string;
  readonly difficulty: string;
  readonly sampler: SamplerConfigInput;
  readonly maxNewTokens: number;
  /** Rollouts a prompt. */
  readonly n: number;
  readonly k: readonly number[];
  readonly prompts: number;
  readonly seed: number;
}

export interface EvaluateCalls {
  /** Progress is the share that is done. */
  'evaluate/run': Call<EvaluationOrder, Evaluation, number>;
}
