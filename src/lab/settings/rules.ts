// Another rule, schedule or objective in place of the one that is set: what both know is carried over, and what the new
// one cannot have is taken away, so that the edit is accepted as a whole.

import type { RunConfig } from '../../grpo/runConfig.ts';
import type { Schedule } from '../../temperature/schedule.ts';
import type { TemperatureRule, ThresholdRule } from '../../temperature/schema.ts';
import { valueAt } from './places.ts';

export interface Change {
  readonly path: string;
  readonly value: unknown;
}

/** The temperatures that a schedule can steer. */
export const STEERABLE = ['high', 'low', 'tau'] as const;
export type Steerable = (typeof STEERABLE)[number];

/** Which of them the rule has. */
export function steeredBy(rule: TemperatureRule['rule']): readonly Steerable[] {
  return rule === 'binary' || rule === 'rank' ? ['high', 'low'] : ['tau'];
}

/** The number that a schedule of this temperature would take the place of. */
export function steeredTau({ sampler: { temperature } }: RunConfig, which: Steerable): number {
  switch (temperature.rule) {
    case 'binary':
    case 'rank':
      return which === 'low' ? temperature.low : temperature.high;
    case 'edt':
      return temperature.base;
    case 'fixed':
      return temperature.tau;
  }
}

/** Changes to another temperature rule; schedules of temperatures that it lacks go. */
export function temperatureRuleChanges(config: RunConfig, rule: TemperatureRule['rule']): Change[] {
  const before = config.sampler.temperature;
  const pair = before.rule === 'binary' || before.rule === 'rank' ? { high: before.high, low: before.low } : {};
  const one = steeredTau(config, 'low');
  const value = {
    binary: { rule, ...pair },
    rank: { rule, ...pair },
    edt: { rule, base: one },
    fixed: { rule, tau: one },
  }[rule];
  const steered = steeredBy(rule);
  return [
    { path: 'sampler.temperature', value },
    ...STEERABLE.filter((which) => !steered.includes(which) && config.schedules[which] !== null).map((which) => ({
      path: `schedules.${which}`,
      value: null,
    })),
  ];
}

/** The change to another threshold rule: the share of cold tokens stays. */
export function thresholdRuleChanges(config: RunConfig, rule: ThresholdRule['rule']): Change[] {
  const before = config.sampler.threshold;
  const cold =
    'coldFraction' in before ? before.coldFraction : 'hotFraction' in before ? 1 - before.hotFraction : undefined;
  const share = cold === undefined ? {} : { coldFraction: cold };
  const value = {
    quantile: { rule, ...share },
    floored: { rule, ...share },
    'top-p': { rule, ...(cold === undefined ? {} : { hotFraction: 1 - cold }) },
    absolute: { rule },
  }[rule];
  return [{ path: 'sampler.threshold', value }];
}

/** Steps that a schedule begins with; what the authors' branch used for its line. */
const USUAL_STEPS = 300;
const USUAL_RISE = 0.2;

/** The change to another schedule of one temperature, beginning at the temperature that is set; 'none' takes it away. */
export function scheduleChanges(config: RunConfig, which: Steerable, kind: Schedule['kind'] | 'none'): Change[] {
  const tau = steeredTau(config, which);
  const end = Number((tau + USUAL_RISE).toPrecision(6));
  const schedules: Readonly<Record<Schedule['kind'], Schedule>> = {
    constant: { kind: 'constant', tau },
    linear: { kind: 'linear', from: tau, to: end, steps: USUAL_STEPS },
    spike: { kind: 'spike', base: tau, rise: 0.1, every: 50, length: 1 },
    cosine: { kind: 'cosine', from: end, to: tau, steps: USUAL_STEPS },
    stages: {
      kind: 'stages',
      stages: [
        { step: 0, tau },
        { step: USUAL_STEPS / 3, tau: end },
      ],
    },
    entropy: { kind: 'entropy', from: tau, targetNats: 0.5, least: Math.min(0.2, tau), most: Math.max(2, tau) },
    points: {
      kind: 'points',
      points: [
        { step: 0, tau },
        { step: USUAL_STEPS / 2, tau: end },
        { step: USUAL_STEPS, tau },
      ],
    },
  };
  return [{ path: `schedules.${which}`, value: kind === 'none' ? null : schedules[kind] }];
}

/** The change to another objective, with its own fields. */
export function variantChanges(variant: RunConfig['loss']['variant']): Change[] {
  return [{ path: 'loss', value: { variant } }];
}

/** Changes that bring one place back to the preset; a temperature rule brings its schedules along. */
export function resetChanges(preset: RunConfig, path: string): Change[] {
  const back = { path, value: valueAt(preset, path) };
  return path === 'sampler.temperature' ? [back, { path: 'schedules', value: preset.schedules }] : [back];
}
