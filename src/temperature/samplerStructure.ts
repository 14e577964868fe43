// What of a sampler's settings is built into its kernels and buffers. Everything else (temperatures, thresholds, k, p,
// warm-up ...) is data and may change between blocks.

import { ladderShift, rowTemperatures } from './ladder.ts';
import { type SamplerConfig, truncates } from './schema.ts';

/** Which rows share a queue: row r belongs to queue queueOfRow[r]; queues are numbered by first appearance. */
export interface QueueMembers {
  readonly queueOfRow: Uint32Array;
  readonly queues: number;
  /** Rows of the largest queue. */
  readonly most: number;
}

export interface SamplerStructure {
  /** Temperatures raced while the logits are read: hot, cold, one, in this order; 0 where a second read draws. */
  readonly temperatures: 0 | 1 | 2 | 3;
  /** A second read draws, because the temperature of a token is only known after the gate, or its kept set is. */
  readonly redraw: boolean;
  readonly rank: boolean;
  readonly truncation: boolean;
  /** Before the threshold, after the gate, or (ranks in the queue as it was) after the second read. */
  readonly push: 'first' | 'last' | 'later';
  /** Some row's temperature is 0. */
  readonly greedy: boolean;
  /** Entropies that each queue has room for. */
  readonly capacity: number;
}

/** The rows of each queue, by scope. `groups[r]` is the prompt of row r. */
export function queueMembers(scope: SamplerConfig['queue']['scope'], groups: ArrayLike<number>): QueueMembers {
  const prompts = new Map<number, number>();
  const queueOfRow = Uint32Array.from(groups, (group, row) => {
    if (!prompts.has(group)) prompts.set(group, prompts.size);
    return { rollout: row, prompt: prompts.get(group)!, run: 0 }[scope];
  });
  const queues = { rollout: groups.length, prompt: prompts.size, run: 1 }[scope];
  const sizes = new Uint32Array(queues);
  for (const queue of queueOfRow) sizes[queue]! += 1;
  return { queueOfRow, queues, most: sizes.reduce((a, b) => Math.max(a, b), 0) };
}

/** (hot, cold) of every row, its ladder shift included. */
export function temperaturesOfRows(config: SamplerConfig, groups: ArrayLike<number>): Float32Array {
  const seen = new Map<number, number>();
  const pairs = Array.from(groups, (group) => {
    const rollout = seen.get(group) ?? 0;
    seen.set(group, rollout + 1);
    return rowTemperatures(config, ladderShift(config, rollout));
  });
  return Float32Array.from(pairs.flat());
}

/** `mostPushes`: entropies that one queue can receive in a batch. */
export function samplerStructure(
  config: SamplerConfig,
  groups: ArrayLike<number>,
  mostPushes: number,
): SamplerStructure {
  const { rule } = config.temperature;
  const truncation = truncates(config.truncation);
  const redraw = rule === 'rank' || rule === 'edt' || truncation;
  const raced = rule === 'fixed' ? 1 : config.queue.warmup.use === 'one' ? 3 : 2;
  return {
    temperatures: redraw ? 0 : raced,
    redraw,
    rank: rule === 'rank',
    truncation,
    push: config.queue.order === 'push-first' ? 'first' : rule === 'rank' ? 'later' : 'last',
    greedy: temperaturesOfRows(config, groups).includes(0),
    // A queue that is cleared at each batch can never hold more than the batch pushes.
    capacity: config.queue.keep ? config.queue.capacity : Math.min(config.queue.capacity, mostPushes),
  };
}
