// The distributions that stand side by side: raw, and the same logits at each temperature that the rule may choose.

import type { SamplerConfig } from '../../temperature/config.ts';
import { ladderShift, rowTemperatures } from '../../temperature/ladder.ts';
import { truncates } from '../../temperature/schema.ts';
import { truncationCut } from '../../temperature/truncationCut.ts';
import { temperedProbabilities } from '../tempered.ts';

export interface DistributionColumn {
  readonly kind: 'raw' | 'cold' | 'hot' | 'drawn';
  readonly tau: number;
  /** By token id, before truncation. */
  readonly p: Float64Array;
  /** By token id, of what truncation keeps: what is drawn from. Raw: the same as p. */
  readonly kept: Float64Array;
  /** True: the token is, or will be, drawn from this one. */
  readonly isUsed: boolean;
}

/** What is left of p after truncation at tau, renormalised. */
function truncated(logp1: Float32Array, p: Float64Array, tau: number, rule: SamplerConfig['truncation']): Float64Array {
  if (!truncates(rule) || tau === 0) return p;
  const largest = logp1.reduce((most, l) => Math.max(most, l), Number.NEGATIVE_INFINITY);
  const cut = truncationCut(rule, logp1, largest, tau, new Float32Array(logp1.length));
  const kept = p.map((x, id) => (logp1[id]! >= cut ? x : 0));
  const mass = kept.reduce((sum, x) => sum + x, 0);
  return kept.map((x) => x / mass);
}

/**
 * @param logp1 log softmax(z), nats
 * @param row the rollout's place in its group, for the ladder
 * @param tau what the token was drawn at
 */
export function distributionColumns(
  logp1: Float32Array,
  sampler: SamplerConfig,
  row: number,
  tau: number,
  isHot: boolean,
): DistributionColumn[] {
  const [hot, cold] = rowTemperatures(sampler, ladderShift(sampler, row));
  const { rule } = sampler.temperature;
  const hasTwo = rule === 'binary' || rule === 'rank';
  const isSame = (a: number, b: number) => Math.abs(a - b) < 1e-6;
  const column = (kind: DistributionColumn['kind'], at: number, isUsed: boolean): DistributionColumn => {
    const p = temperedProbabilities(logp1, at);
    return { kind, tau: at, p, kept: kind === 'raw' ? p : truncated(logp1, p, at, sampler.truncation), isUsed };
  };
  const columns = [column('raw', 1, false)];
  if (hasTwo) {
    columns.push(column('cold', cold, !isHot && isSame(tau, cold)), column('hot', hot, isHot && isSame(tau, hot)));
    // In warm-up at tau 1, or by rank, the temperature is neither of the two.
    if (columns.every(({ isUsed }) => !isUsed)) columns.push(column('drawn', tau, true));
  } else columns.push(column('drawn', tau, true));
  return columns;
}
