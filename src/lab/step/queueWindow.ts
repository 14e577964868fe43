// The entropy queue as the sampler saw it at one token, filled again from what it recorded.
//
// All rows of a take step together: at step t every live row pushes its H_t, in row order, into the queue that the scope
// gives it, before the thresholds are taken (push-first) or after (threshold-first).

import type { Rollout } from '../../policy/engine.ts';
import { EntropyQueue } from '../../temperature/entropyQueue.ts';
import { queueMembers } from '../../temperature/samplerStructure.ts';
import type { SamplerConfig } from '../../temperature/schema.ts';
import { thresholdNats } from '../../temperature/threshold.ts';

export interface QueueWindow {
  /** Oldest first, nats. */
  readonly entropies: Float32Array;
  /** What the configured rule makes of them; NaN of none. */
  readonly thresholdNats: number;
}

/** What a recorded batch must tell for its queues to be filled again. */
export interface QueueHistory {
  readonly sampler: Pick<SamplerConfig, 'queue' | 'threshold'>;
  /** What the queues held before, by queue index. */
  readonly queuesBefore: readonly ArrayLike<number>[];
  readonly rollouts: readonly Pick<Rollout, 'group' | 'entropyNats'>[];
}

/** The window that token `index` of row `row` was judged by; `index` may be one past the row's last token. */
export function queueWindow(
  { sampler, queuesBefore, rollouts }: QueueHistory,
  row: number,
  index: number,
): QueueWindow {
  const { queue } = sampler;
  const { queueOfRow } = queueMembers(
    queue.scope,
    rollouts.map(({ group }) => group),
  );
  const own = queueOfRow[row]!;
  const before = queue.keep ? (queuesBefore[own] ?? []) : [];
  const window = new EntropyQueue(queue.capacity, before);
  const members = rollouts.filter((_, r) => queueOfRow[r] === own);
  const last = queue.order === 'push-first' ? index : index - 1;
  for (let t = 0; t <= last; t++) {
    const pushed = members.flatMap(({ entropyNats }) => (t < entropyNats.length ? [entropyNats[t]!] : []));
    window.push(Float32Array.from(pushed));
  }
  return { entropies: window.read(), thresholdNats: thresholdNats(sampler.threshold, window) };
}

/** Counts of entropies in `bins` equal bins from 0 to `mostNats`; what lies above is counted in the last. */
export function histogram(entropies: ArrayLike<number>, bins: number, mostNats: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < entropies.length; i++) {
    const bin = Math.min(bins - 1, Math.floor((entropies[i]! / mostNats) * bins));
    counts[bin] = counts[bin]! + 1;
  }
  return counts;
}
