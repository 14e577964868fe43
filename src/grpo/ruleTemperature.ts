// The sampler that a step draws with, and the temperatures that a rule asks for where the tokens were drawn at another.
//
// A schedule replaces the sampler's own number for one step. In the mode 'update-only' the sampler draws at tau = 1, yet
// the queue, the threshold and the class are judged as the rule would, so that what the rule asks for follows from the
// record: by `judge` itself, and for ranks from the queues, which the recorded entropies fill again.

import type { Rollout } from '../policy/engine.ts';
import { parseSamplerConfig, type SamplerConfig } from '../temperature/config.ts';
import { EntropyQueue } from '../temperature/entropyQueue.ts';
import { queueMembers, temperaturesOfRows } from '../temperature/samplerStructure.ts';
import { type ScheduleState, temperatureAt } from '../temperature/schedule.ts';
import { judge } from '../temperature/temperatureRule.ts';
import type { RunConfig } from './runConfig.ts';

export type Steered = keyof RunConfig['schedules'];
export const STEERED: readonly Steered[] = ['high', 'low', 'tau'];

/** What the schedules gave for a step; those that are null are left out. */
export type ScheduledTemperatures = { readonly [name in Steered]?: number };

/** What a finished step leaves for the schedule that steers by entropy. */
export interface ScheduleMemory {
  readonly temperatures: ScheduledTemperatures;
  /** Mean entropy of the step's tokens, nats. */
  readonly entropyNats: number;
}

/** What the run's schedules give for a step. @param memory null before the first step */
export function scheduledTemperatures(
  { schedules }: Pick<RunConfig, 'schedules'>,
  step: number,
  memory: ScheduleMemory | null,
  vocabularySize: number,
): ScheduledTemperatures {
  const given = STEERED.flatMap((name) => {
    const schedule = schedules[name];
    if (schedule === null) return [];
    const tau = memory?.temperatures[name];
    // A schedule that took the place of another number has no temperature of its own to go on from.
    const state: ScheduleState | null =
      memory === null || tau === undefined ? null : { tau, entropyNats: memory.entropyNats, vocabularySize };
    return [[name, temperatureAt(schedule, step, state)] as const];
  });
  return Object.fromEntries(given);
}

/**
 * The sampler with these temperatures in the place of its own.
 * @throws SamplerConfigError when a temperature of the ladder falls to 0 or below
 */
export function withTemperatures(sampler: SamplerConfig, { high, low, tau }: ScheduledTemperatures): SamplerConfig {
  const rule = sampler.temperature;
  switch (rule.rule) {
    case 'binary':
    case 'rank':
      return parseSamplerConfig({
        ...sampler,
        temperature: { ...rule, high: high ?? rule.high, low: low ?? rule.low },
      });
    case 'fixed':
      return parseSamplerConfig({ ...sampler, temperature: { ...rule, tau: tau ?? rule.tau } });
    case 'edt':
      return parseSamplerConfig({ ...sampler, temperature: { ...rule, base: tau ?? rule.base } });
  }
}

/** The sampler that judges every token as `sampler` does, but draws it at tau = 1. */
export function drawingAtOne(sampler: SamplerConfig): SamplerConfig {
  const rule = sampler.temperature;
  // Both temperatures 1, not the rule 'fixed': the warm-up's class is the business of rules that need the queue.
  const needsQueue = rule.rule === 'binary' || rule.rule === 'rank';
  return {
    ...sampler,
    temperature: needsQueue ? { ...rule, high: 1, low: 1 } : { rule: 'fixed', tau: 1 },
    ladder: { ...sampler.ladder, offsets: [0] },
  };
}

type JudgedRollout = Pick<Rollout, 'group' | 'entropyNats' | 'thresholdNats' | 'queueLength'>;

/** Rank of each token's entropy in its queue at that moment, from queues that are filled again as the sampler did. */
function midranks(
  { queue }: SamplerConfig,
  rollouts: readonly JudgedRollout[],
  before: readonly ArrayLike<number>[],
): number[][] {
  const { queueOfRow, queues: count } = queueMembers(
    queue.scope,
    rollouts.map(({ group }) => group),
  );
  const queues = Array.from({ length: count }, (_, i) => new EntropyQueue(queue.capacity, before[i] ?? []));
  const ranks = rollouts.map((): number[] => []);
  const longest = Math.max(...rollouts.map(({ entropyNats }) => entropyNats.length));
  for (let t = 0; t < longest; t++) {
    const live = [...rollouts.keys()].filter((row) => t < rollouts[row]!.entropyNats.length);
    const pushAll = () => {
      const pushed = queues.map((): number[] => []);
      for (const row of live) pushed[queueOfRow[row]!]!.push(rollouts[row]!.entropyNats[t]!);
      for (const [q, entropies] of pushed.entries()) queues[q]!.push(Float32Array.from(entropies));
    };
    if (queue.order === 'push-first') pushAll();
    for (const row of live)
      ranks[row]!.push(queues[queueOfRow[row]!]!.midrank(rollouts[row]!.entropyNats[t]!, queue.order));
    if (queue.order === 'threshold-first') pushAll();
  }
  return ranks;
}

/**
 * tau_t of every generated token by the sampler's rule, whatever it was drawn at.
 * @param rollouts all of one generation batch, in its order
 * @param queuesBefore the kept queues that the batch began with, by queue index
 */
export function ruleTemperatures(
  sampler: SamplerConfig,
  rollouts: readonly JudgedRollout[],
  queuesBefore: readonly ArrayLike<number>[] = [],
): Float32Array[] {
  const ofRows = temperaturesOfRows(
    sampler,
    rollouts.map(({ group }) => group),
  );
  const ranks = sampler.temperature.rule === 'rank' ? midranks(sampler, rollouts, queuesBefore) : null;
  return rollouts.map(({ entropyNats, thresholdNats, queueLength }, row) =>
    entropyNats.map(
      (H, t) =>
        judge(sampler, {
          H,
          threshold: thresholdNats[t]!,
          queueLength: queueLength[t]!,
          hotTau: ofRows[2 * row]!,
          coldTau: ofRows[2 * row + 1]!,
          midrank: () => ranks![row]![t]!,
        }).tau,
    ),
  );
}
