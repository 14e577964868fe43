// From the largest logits of a row to what is shown of a token's alternatives.

import type { SamplerConfig } from '../temperature/config.ts';
import { ladderShift, rowTemperatures } from '../temperature/ladder.ts';
import { judge } from '../temperature/temperatureRule.ts';
import type { RankedLogits } from './machine.ts';
import type { AlternativeColumn, Alternatives } from './session.ts';

/** Most alternatives that are listed at once. */
export const MOST_ALTERNATIVES = 64;

type Kind = 'cold' | 'hot' | 'drawn';

/** The distributions that stand beside the raw one. */
export interface WantedColumn {
  readonly kind: Kind;
  readonly tau: number;
}

/** Temperatures nearer than this are one, rounded to float32 in between. */
const SAME_TAU = 1e-6;

/**
 * What the rule may draw a row's token at: both temperatures where it has two, and the one that the token was drawn at
 * where that is neither (rank, warm-up); else the one. `tau` is what it was drawn at; null for a token that is not drawn
 * yet, whose entropy then decides where the rule asks for it (EDT).
 */
export function wantedColumns(
  config: SamplerConfig,
  row: number,
  tau: number | null,
  entropyNats: number,
): readonly WantedColumn[] {
  const [hot, cold] = rowTemperatures(config, ladderShift(config, row));
  const { rule } = config.temperature;
  if (rule === 'binary' || rule === 'rank') {
    const isNeither = tau !== null && [hot, cold].every((one) => Math.abs(one - tau) > SAME_TAU);
    return [
      { kind: 'cold', tau: cold },
      { kind: 'hot', tau: hot },
      ...(isNeither ? [{ kind: 'drawn', tau } as const] : []),
    ];
  }
  const drawn =
    tau ??
    judge(config, {
      H: entropyNats,
      threshold: Number.NaN,
      queueLength: 0,
      hotTau: hot,
      coldTau: cold,
      midrank: () => 0,
    }).tau;
  return [{ kind: 'drawn', tau: drawn }];
}

/** tau = 0 takes the likeliest token whatever is cut; the ranking is asked for at 1 in its place. */
export const rankedTau = (tau: number): number => (tau === 0 ? 1 : tau);

/** `columns` in the order of `ranked.columns`. */
export function alternativesFrom(ranked: RankedLogits, columns: readonly WantedColumn[]): Alternatives {
  const { ids, logits, largest, z1, entropyNats } = ranked;
  const logp1 = logits.map((l) => l - largest - Math.log(z1));
  const raw = logp1.map((l) => Math.exp(l));
  const rest = (p: Float32Array) => Math.max(0, 1 - p.reduce((sum, x) => sum + x, 0));
  const tempered = columns.map(({ kind, tau }, at): AlternativeColumn => {
    const first = Float32Array.from(logits, (_, i) => (i === 0 ? 1 : 0));
    if (tau === 0) return { kind, tau, p: first, kept: first, restP: 0 };
    const { z, cut, kept } = ranked.columns[at]!;
    const weight = (l: number) => Math.exp((l - largest) / tau);
    const p = logits.map((l) => weight(l) / z);
    return { kind, tau, p, kept: logits.map((l) => (l >= cut ? weight(l) / kept : 0)), restP: rest(p) };
  });
  return {
    ids,
    logp1,
    entropyNats,
    columns: [{ kind: 'raw', tau: 1, p: raw, kept: raw, restP: rest(raw) }, ...tempered],
  };
}
