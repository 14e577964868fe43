// What is shown of a group, and where each of its tokens comes from.
//
//   take    the sampler ran once over the whole group, with one setting and one noise
//   strip   one rollout as it is shown: its first tokens from earlier takes, the rest from a later one
//
// The engine rolls out whole rollouts in milliseconds; the room reveals them token by token. When a setting changes, the
// tokens that were revealed stay as they were recorded, and all others are drawn anew behind them: the next take is
// forced to begin with what is revealed. Forced or drawn, a token has the same entropy, so the queue of the new take holds
// what it would hold had the reader set these settings from the start and the sampler happened to draw these tokens.

import type { Rollout } from '../../policy/engine.ts';
import type { SamplerConfig } from '../../temperature/config.ts';

/** One run of the sampler over the group. */
export interface Take {
  readonly sampler: SamplerConfig;
  readonly seed: number;
  readonly stream: number;
  readonly maxNewTokens: number;
  /** What the kept queues held before, by queue index. */
  readonly queuesBefore: readonly Float32Array[];
  readonly queuesAfter: readonly Float32Array[];
  readonly rollouts: readonly Rollout[];
  /** Of the policy. */
  readonly version: string;
}

/** A rollout as it is shown. */
export interface Strip {
  readonly rollout: Rollout;
  /** The take that recorded each token; null: it was recorded elsewhere, with settings that are not known here. */
  readonly takes: readonly (Take | null)[];
}

export function stripsOf(take: Take): Strip[] {
  return take.rollouts.map((rollout) => ({ rollout, takes: Array.from(rollout.ids, () => take) }));
}

type Numbers = Float32Array | Int32Array | Uint8Array;

/** The first `kept` of `before`, then what `after` has beyond them. */
function joined<A extends Numbers>(before: A, kept: number, after: A): A {
  if (after.length <= kept) return before.slice(0, kept) as A;
  const out = after.slice() as A;
  out.set(before.subarray(0, kept));
  return out;
}

/** The first `kept` tokens of a strip as they were recorded, and row `row` of a take behind them. */
export function spliced(strip: Strip, kept: number, take: Take, row: number): Strip {
  const before = strip.rollout;
  const after = take.rollouts[row]!;
  if (kept === 0) return { rollout: after, takes: Array.from(after.ids, () => take) };
  if (kept >= before.ids.length && before.finished) return strip;
  const ids = joined(before.ids, kept, after.ids);
  return {
    rollout: {
      ...after,
      ids,
      // A take that ends sooner than the kept tokens adds nothing, a stop token neither.
      finished: after.ids.length > kept && after.finished,
      entropyNats: joined(before.entropyNats, kept, after.entropyNats),
      thresholdNats: joined(before.thresholdNats, kept, after.thresholdNats),
      queueLength: joined(before.queueLength, kept, after.queueLength),
      hot: joined(before.hot, kept, after.hot),
      tau: joined(before.tau, kept, after.tau),
      logpTau: joined(before.logpTau, kept, after.logpTau),
      logp1: joined(before.logp1, kept, after.logp1),
    },
    takes: Array.from(ids, (_, t) => (t < kept ? strip.takes[t]! : take)),
  };
}

/** True: every token from `kept` on was recorded with these settings and this noise. */
export function isOf(
  strip: Strip,
  kept: number,
  wanted: Pick<Take, 'sampler' | 'seed' | 'stream' | 'maxNewTokens'>,
): boolean {
  const hidden = strip.takes.slice(kept);
  const isCut = !strip.rollout.finished && strip.rollout.ids.length < wanted.maxNewTokens;
  return !isCut && hidden.every((take) => take !== null && isSameSetting(take, wanted));
}

function isSameSetting(
  take: Take,
  { sampler, seed, stream, maxNewTokens }: Pick<Take, 'sampler' | 'seed' | 'stream' | 'maxNewTokens'>,
): boolean {
  return (
    take.seed === seed &&
    take.stream === stream &&
    take.maxNewTokens === maxNewTokens &&
    JSON.stringify(take.sampler) === JSON.stringify(sampler)
  );
}
