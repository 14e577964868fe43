// What a histogram of entropies says of its two modes.

import type { CellEvaluation } from './cellResult.ts';

type Histogram = CellEvaluation['histogram'];
type Role = 'fork' | 'knowledge' | 'format' | 'unknown';
const ROLES: readonly Role[] = ['fork', 'knowledge', 'format', 'unknown'];

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/**
 * Share of all tokens whose entropy is at least `low` and below `high`, both edges of bins, nats; null without tokens.
 */
export function shareBetween(histogram: Histogram, low: number, high: number): number | null {
  const [from, to] = [low, high].map((edge) => Math.round(edge / histogram.binNats));
  const total = sum(ROLES.map((role) => sum(histogram[role])));
  return total === 0 ? null : sum(ROLES.map((role) => sum(histogram[role].slice(from, to)))) / total;
}

/**
 * Chance that a fork has a higher entropy than a token of knowledge, one of each drawn at random; within a bin, even.
 * 1: entropy tells them apart without fail; .5: it says nothing. Null where there is none of one kind.
 */
export function forksAboveKnowledge({ fork, knowledge }: Histogram): number | null {
  const pairs = sum(fork) * sum(knowledge);
  if (pairs === 0) return null;
  let below = 0;
  let won = 0;
  for (const [bin, count] of fork.entries()) {
    const even = knowledge[bin] ?? 0;
    won += count * (below + even / 2);
    below += even;
  }
  return won / pairs;
}
