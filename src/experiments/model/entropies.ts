// Where an arm was uncertain: the entropies of its tokens by domain, and by token of the vocabulary.
//
// Quantiles are linear between order statistics (quantileOfSorted), over single tokens. Work and memory are proportional
// to the tokens.

import { ENTROPY_BIN_NATS } from '../../grpo/evaluationTally.ts';
import { bootstrapRatio, quantileOfSorted } from '../../grpo/statistics.ts';
import type { Rollout } from '../../policy/engine.ts';
import type { ModelCellResult } from './cellResult.ts';
import type { ModelExperiment } from './definition.ts';
import type { ArmEntropies, DomainEntropies, TokenEntropies } from './findings.ts';
import { BOOTSTRAP_SEED, resamplesFor } from './resamples.ts';

/** The bin of an entropy; what rounding put below 0 is in the first. */
const binOf = (nats: number): number => Math.max(0, Math.floor(nats / ENTROPY_BIN_NATS));

/** Bins that all entropies of these cells need. */
export function binsOf(cells: readonly ModelCellResult[]): number {
  let most = 0;
  for (const { rollouts } of cells)
    for (const { entropyNats } of rollouts) for (const nats of entropyNats) most = Math.max(most, binOf(nats) + 1);
  return most;
}

/**
 * The entropies of one arm.
 * @param cells of this arm, in the order of the questions; at least one
 * @param bins length of every histogram
 */
export function entropiesOf(
  { questions }: Pick<ModelExperiment, 'questions'>,
  name: string,
  cells: readonly ModelCellResult[],
  bins: number,
): ArmEntropies {
  const byDomain = new Map<string, ModelCellResult[]>();
  for (const { domain } of questions) byDomain.set(domain, []);
  for (const cell of cells) byDomain.get(questions[cell.question]!.domain)!.push(cell);
  const seen = [...byDomain].filter(([, those]) => those.length > 0);
  return {
    name,
    domains: seen.map(([domain, those]) => domainEntropies(domain, those, bins)),
    tokens: tokenEntropies(seen.map(([, those]) => those)),
  };
}

function domainEntropies(domain: string, cells: readonly ModelCellResult[], bins: number): DomainEntropies {
  const counts = cells.map(({ rollouts }) => rollouts.reduce((sum, { ids }) => sum + ids.length, 0));
  const tokens = counts.reduce((a, b) => a + b, 0);
  const sorted = new Float32Array(tokens);
  const histogram = new Array<number>(bins).fill(0);
  let at = 0;
  let hot = 0;
  const totals = cells.map(({ rollouts }) => {
    let total = 0;
    for (const { entropyNats, hot: gates } of rollouts) {
      sorted.set(entropyNats, at);
      at += entropyNats.length;
      for (const nats of entropyNats) {
        total += nats;
        histogram[binOf(nats)]! += 1;
      }
      for (const gate of gates) hot += gate;
    }
    return total;
  });
  sorted.sort();
  const quantile = (q: number) => quantileOfSorted(sorted, q);
  return {
    domain,
    questions: cells.length,
    tokens,
    binNats: ENTROPY_BIN_NATS,
    counts: histogram,
    quantilesNats: { p10: quantile(0.1), p50: quantile(0.5), p80: quantile(0.8), p90: quantile(0.9) },
    meanNats: bootstrapRatio(totals, counts, { seed: BOOTSTRAP_SEED, resamples: resamplesFor(cells.length) }),
    hotShare: hot / tokens,
  };
}

/** What one token of the vocabulary comes to; its entropies stand side by side in a list of all. */
interface Tally {
  readonly byDomain: number[];
  piece: string;
  count: number;
  hot: number;
  p1: number;
  /** Where its next entropy goes. */
  end: number;
}

function tokenEntropies(domains: readonly (readonly ModelCellResult[])[]): TokenEntropies[] {
  const tallies = new Map<number, Tally>();
  const tallyOf = (id: number): Tally => {
    const known = tallies.get(id);
    if (known !== undefined) return known;
    const fresh = { byDomain: domains.map(() => 0), piece: '', count: 0, hot: 0, p1: 0, end: 0 };
    tallies.set(id, fresh);
    return fresh;
  };
  const eachRollout = (work: (rollout: Rollout, domain: number) => void) => {
    for (const [domain, cells] of domains.entries())
      for (const { rollouts } of cells) for (const rollout of rollouts) work(rollout, domain);
  };

  eachRollout(({ ids, hot, logp1 }, domain) => {
    for (const [t, id] of ids.entries()) {
      const tally = tallyOf(id);
      tally.count += 1;
      tally.byDomain[domain]! += 1;
      tally.hot += hot[t]!;
      tally.p1 += Math.exp(logp1[t]!);
    }
  });
  for (const { pieces } of domains.flat()) for (const [id, piece] of pieces) tallyOf(id).piece = piece;
  let tokens = 0;
  for (const tally of tallies.values()) {
    tally.end = tokens;
    tokens += tally.count;
  }
  const entropies = new Float32Array(tokens);
  eachRollout(({ ids, entropyNats }) => {
    for (const [t, id] of ids.entries()) {
      const tally = tallies.get(id)!;
      entropies[tally.end] = entropyNats[t]!;
      tally.end += 1;
    }
  });

  return [...tallies]
    .map(([id, { byDomain, piece, count, hot, p1, end }]): TokenEntropies => {
      const own = entropies.subarray(end - count, end).sort();
      const total = own.reduce((sum, nats) => sum + nats, 0);
      return {
        id,
        piece,
        count,
        meanNats: total / count,
        p10Nats: quantileOfSorted(own, 0.1),
        p90Nats: quantileOfSorted(own, 0.9),
        hotShare: hot / count,
        meanP1: p1 / count,
        byDomain,
      };
    })
    .sort((a, b) => b.meanNats - a.meanNats || a.id - b.id);
}
