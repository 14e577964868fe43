// What the Step room asks of the worker. Every call names its policy: the worker loads it where it is not loaded yet.

import type { PolicyConfig } from '../../policy/config.ts';
import type { Rollout } from '../../policy/engine.ts';
import type { SamplerConfig } from '../../temperature/config.ts';
import type { TruncationRule } from '../../temperature/schema.ts';
import type { Call } from '../call.ts';
import type { GroupScore, ScoreInput } from './groupScore.ts';
import type { StepPolicyRef } from './policy.ts';

/** What the page needs to know of a policy. */
export interface PolicyView {
  /** Token text by id. */
  readonly tokens: readonly string[];
  readonly special: readonly string[];
  readonly config: PolicyConfig;
  /** Number of parameters. */
  readonly parameters: number;
  readonly version: string;
}

/** One prompt, rolled out as a group. */
export interface RollInput {
  readonly policy: StepPolicyRef;
  readonly promptIds: Int32Array;
  /** G. */
  readonly rollouts: number;
  readonly maxNewTokens: number;
  /** Sampling it ends a rollout. */
  readonly stop: string;
  readonly sampler: SamplerConfig;
  readonly seed: number;
  readonly stream: number;
  /** Tokens that each rollout begins with, whatever the sampler would draw. */
  readonly forced: readonly Int32Array[];
  /** What kept queues hold before the first token, oldest first, by queue index. */
  readonly queuesBefore: readonly Float32Array[];
}

export interface Rolled {
  readonly rollouts: readonly Rollout[];
  /** What kept queues hold after the last token; none where the sampler keeps none. */
  readonly queuesAfter: readonly Float32Array[];
  /** Of the policy that was sampled. */
  readonly version: string;
}

export interface NextToken {
  /** log softmax(z), nats, by token id. */
  readonly logp1: Float32Array;
  readonly version: string;
}

/** One token's numbers as the engine and as the float64 oracle have them. */
export interface TokenNumbers {
  readonly entropyNats: number;
  readonly logp1: number;
  /** At the token's temperature, after truncation. */
  readonly logpTau: number;
}

export interface StepCalls {
  'step/open': Call<{ readonly policy: StepPolicyRef }, PolicyView>;
  'step/roll': Call<RollInput, Rolled>;
  /** Of the token after `ids`. */
  'step/distribution': Call<{ readonly policy: StepPolicyRef; readonly ids: Int32Array }, NextToken>;
  /** A whole group as the trainer scores it, and updates by it. */
  'step/score': Call<ScoreInput & { readonly policy: StepPolicyRef }, GroupScore>;
  /** The last of `ids` computed anew in float64. */
  'step/oracle': Call<
    {
      readonly policy: StepPolicyRef;
      readonly ids: Int32Array;
      readonly tau: number;
      readonly truncation: TruncationRule;
    },
    TokenNumbers
  >;
}
