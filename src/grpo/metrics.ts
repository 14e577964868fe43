// What a step says of itself (METHOD.md section 7), under the names that TRL's users know where there are any.
//
// What is said of sampling is said of every rollout drawn, those of groups that dynamic sampling discards included:
// over the kept ones alone, reward would tend to one half and no group would be dead.

import type { Outcome, Role } from '../tasks/task.ts';
import type { SamplerConfig } from '../temperature/config.ts';
import { groupAdvantages } from './advantage.ts';
import { OUTCOMES } from './evaluationTally.ts';
import type { RolloutRecord } from './rolloutRecord.ts';
import type { Metrics } from './stepUnderWay.ts';

/** Metrics that tell time: the only ones that differ when a run is repeated. */
export const TIMING_METRICS: readonly string[] = ['step_time', 'time/collect', 'time/score', 'time/update'];

const ROLES: readonly Role[] = ['fork', 'knowledge', 'format'];
/** Tokens of the runs that repetition counts. */
const REPEATED_TOKENS = 4;

/** The mean, or null of nothing and of what is not finite: metrics are JSON. */
export function meanOrNull(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Number.isFinite(mean) ? mean : null;
}

/** The name that metrics give a place on the ladder. */
export function offsetName(offset: number): string {
  return `${offset > 0 ? '+' : ''}${Number(offset.toPrecision(12))}`;
}

/**
 * The chance that all G rollouts of a prompt would agree, were they drawn anew: E[p^G + (1 - p)^G] with p from its c
 * correct rollouts of G under Jeffreys' prior, p ~ Beta(c + 1/2, G - c + 1/2). The plug-in p = c / G would call every
 * group dead forever that was dead once.
 */
export function expectedDead(correct: number, size: number): number {
  const [a, b] = [correct + 0.5, size - correct + 0.5];
  let allRight = 1;
  let allWrong = 1;
  for (let i = 0; i < size; i++) {
    allRight *= (a + i) / (a + b + i);
    allWrong *= (b + i) / (a + b + i);
  }
  return allRight + allWrong;
}

/** Share of a completion's runs of n tokens that it holds earlier already; null when it has no two of them. */
export function repetition(ids: readonly number[], n: number = REPEATED_TOKENS): number | null {
  const runs = ids.length - n + 1;
  if (runs < 2) return null;
  const distinct = new Set(Array.from({ length: runs }, (_, t) => ids.slice(t, t + n).join()));
  return 1 - distinct.size / runs;
}

/** Tokens of rollouts as one list. */
interface JudgedToken {
  readonly entropyNats: number;
  readonly thresholdNats: number | null;
  readonly hot: 0 | 1;
  readonly role: Role | null;
}

function tokensOf(rollouts: readonly RolloutRecord[]): JudgedToken[] {
  return rollouts.flatMap((o) =>
    o.entropyNats.map((entropyNats, t) => ({
      entropyNats,
      thresholdNats: o.thresholdNats[t]!,
      hot: o.hot[t]!,
      role: o.role[t]!,
    })),
  );
}

function tokenMetrics(tokens: readonly JudgedToken[]): Metrics {
  const entropy = (which: (token: JudgedToken) => boolean) =>
    meanOrNull(tokens.filter(which).map(({ entropyNats }) => entropyNats));
  const known = tokens.filter(({ role }) => role !== null);
  const isFork = ({ role }: JudgedToken) => role === 'fork';
  const isHot = ({ hot }: JudgedToken) => hot === 1;
  const shareOf = (whole: readonly JudgedToken[], which: (token: JudgedToken) => boolean) =>
    meanOrNull(whole.map((token) => (which(token) ? 1 : 0)));
  return {
    entropy: entropy(() => true),
    'entropy/hot': entropy(isHot),
    'entropy/cold': entropy(({ hot }) => hot === 0),
    ...Object.fromEntries(ROLES.map((role) => [`entropy/role/${role}`, entropy((token) => token.role === role)])),
    threshold: meanOrNull(tokens.flatMap(({ thresholdNats }) => (thresholdNats === null ? [] : [thresholdNats]))),
    hot_fraction: shareOf(tokens, isHot),
    'gate/precision': shareOf(known.filter(isHot), isFork),
    'gate/recall': shareOf(known.filter(isFork), isHot),
  };
}

/** Rollouts by group, in order. */
export function byGroup(rollouts: readonly RolloutRecord[]): RolloutRecord[][] {
  const groups = new Map<number, RolloutRecord[]>();
  for (const rollout of rollouts) {
    const members = groups.get(rollout.group);
    if (members === undefined) groups.set(rollout.group, [rollout]);
    else members.push(rollout);
  }
  return [...groups.values()];
}

/** Rollouts of the group that the verifier calls right; penalties on length do not change that. */
export function correctOf(members: readonly RolloutRecord[]): number {
  return members.filter(({ outcome }) => outcome === ('ok' satisfies Outcome)).length;
}

function groupMetrics(rollouts: readonly RolloutRecord[]): Metrics {
  const groups = byGroup(rollouts);
  const counts = groups.map((members) => ({ correct: correctOf(members), size: members.length }));
  const summaries = groupAdvantages(
    rollouts.map(({ reward }) => reward),
    rollouts.map(({ group }) => group),
    'std',
  ).groups;
  return {
    reward_std: meanOrNull(summaries.map(({ std }) => std)),
    frac_reward_zero_std: meanOrNull(summaries.map(({ isDead }) => (isDead ? 1 : 0))),
    'pass@G': meanOrNull(counts.map(({ correct }) => (correct > 0 ? 1 : 0))),
    distinct_answers: meanOrNull(groups.map((members) => new Set(members.map(({ completion }) => completion)).size)),
    'dead_groups/expected': meanOrNull(counts.map(({ correct, size }) => expectedDead(correct, size))),
    'dead_groups/observed': meanOrNull(counts.map(({ correct, size }) => (correct % size === 0 ? 1 : 0))),
  };
}

/** A metric for each place of the ladder, in its order. */
export function byOffset(
  prefix: string,
  offsets: readonly number[],
  value: (offset: number) => number | null,
): Record<string, number | null> {
  return Object.fromEntries([...new Set(offsets)].map((offset) => [`${prefix}/${offsetName(offset)}`, value(offset)]));
}

function temperatureMetrics({ temperature }: SamplerConfig): Metrics {
  switch (temperature.rule) {
    case 'binary':
    case 'rank':
      return { 'temperature/high': temperature.high, 'temperature/low': temperature.low };
    case 'fixed':
      return { 'temperature/tau': temperature.tau };
    case 'edt':
      return { 'temperature/tau': temperature.base };
  }
}

export interface DrawnStep {
  /** Every rollout drawn, its group numbered over all generation batches. */
  readonly drawn: readonly RolloutRecord[];
  /** The sampler's settings in force. */
  readonly sampler: SamplerConfig;
  readonly generationBatches: number;
  readonly keptGroups: number;
  /** Over the whole run, this step included. */
  readonly tokens: number;
}

/** What can be said once a step's rollouts are drawn. */
export function collectMetrics({ drawn, sampler, generationBatches, keptGroups, tokens }: DrawnStep): Metrics {
  const share = (which: (rollout: RolloutRecord) => boolean) => meanOrNull(drawn.map((o) => (which(o) ? 1 : 0)));
  const groups = new Set(drawn.map(({ group }) => group)).size;
  return {
    reward: meanOrNull(drawn.map(({ reward }) => reward)),
    ...groupMetrics(drawn),
    ...Object.fromEntries(OUTCOMES.map((name) => [`outcomes/${name}`, share(({ outcome }) => outcome === name)])),
    ...byOffset('reward/tau', sampler.ladder.offsets, (offset) =>
      meanOrNull(drawn.filter(({ ladderOffset }) => ladderOffset === offset).map(({ reward }) => reward)),
    ),
    ...tokenMetrics(tokensOf(drawn)),
    'completions/mean_length': meanOrNull(drawn.map(({ ids }) => ids.length)),
    'completions/clipped_ratio': share(({ finished }) => !finished),
    repetition: meanOrNull(drawn.flatMap(({ ids }) => repetition(ids) ?? [])),
    groups_discarded: groups - keptGroups,
    generation_batches: generationBatches,
    num_tokens: tokens,
    ...temperatureMetrics(sampler),
  };
}
