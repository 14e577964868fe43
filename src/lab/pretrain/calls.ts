import type { BaseFigures } from '../../grpo/baseRecord.ts';
import type { Interval } from '../../grpo/statistics.ts';
import type { Call } from '../call.ts';
import type { StoredPolicy } from '../storage/stored.ts';

/** How fast steps are, measured. */
export interface PretrainRate {
  readonly msPerStep: number;
  /** Prompts included. */
  readonly tokensPerSecond: number;
}

/** At most four times a second. */
export interface PretrainNews {
  /** Steps taken. */
  readonly step: number;
  /**
   * Losses of the steps since the last news, in order, the last being that of step `step`; nats a token. After a lost GPU
   * steps come that were told of before.
   */
  readonly lossNats: readonly number[];
  /** Over the last seconds; null before the second step. */
  readonly rate: PretrainRate | null;
}

/** What a new base can do, at temperature 1 on held-out problems. */
export interface BaseMeasurement extends Pick<BaseFigures, 'n' | 'prompts' | 'knowledgeRight' | 'entropyNats'> {
  readonly pass1: Interval;
  readonly pass16: Interval;
  readonly greedy: Interval;
}

export interface MadeBase {
  readonly policy: StoredPolicy;
  /** Null: the reader did not wait for it, or it failed. */
  readonly measurement: BaseMeasurement | null;
  /** Why it failed, in one sentence. */
  readonly note: string | null;
}

export interface PretrainCalls {
  /** Takes a few steps to see how long one is; what was learned before is forgotten. */
  'pretrain/rate': Call<{ /** For parsePretrainConfig. */ readonly config: unknown }, PretrainRate>;
  /**
   * Learns up to the config's last step. When it is cancelled it answers all the same, with the steps it took, and holds
   * what was learned: to keep it, or to go on.
   */
  'pretrain/learn': Call<
    {
      readonly config: unknown;
      /** Goes on from what is held, which must be of the same config. */
      readonly goesOn: boolean;
    },
    { readonly stepsTaken: number },
    PretrainNews
  >;
  /** Measures what is held and stores it as a policy. Cancelled, it is stored without figures. Progress: share measured. */
  'pretrain/keep': Call<
    { /** null: named by its task and settings. */ readonly name: string | null },
    MadeBase,
    number
  >;
}
