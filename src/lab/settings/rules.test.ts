import { describe, expect, it } from 'vitest';
import { VARIANTS } from '../../grpo/lossConfig.ts';
import { parseRunConfig } from '../../grpo/runConfig.ts';
import {
  resetChanges,
  scheduleChanges,
  temperatureRuleChanges,
  thresholdRuleChanges,
  variantChanges,
} from './rules.ts';
import { changed } from './settings.ts';

const TEMPERATURE_RULES = ['binary', 'rank', 'edt', 'fixed'] as const;
const THRESHOLD_RULES = ['quantile', 'top-p', 'floored', 'absolute'] as const;
const KINDS = ['constant', 'linear', 'spike', 'cosine', 'stages', 'entropy', 'points', 'none'] as const;

const config = parseRunConfig({
  sampler: { temperature: { rule: 'binary', high: 1.7, low: 0.9 }, threshold: { rule: 'quantile', coldFraction: 0.7 } },
  schedules: { high: { kind: 'linear' }, low: { kind: 'constant', tau: 1 } },
});

describe('another rule', () => {
  it.each(TEMPERATURE_RULES.flatMap((from) => TEMPERATURE_RULES.map((to) => [from, to] as const)))(
    'of temperature is accepted: %s to %s, with a schedule',
    (from, to) => {
      const start = changed(config, temperatureRuleChanges(config, from));
      const steered = changed(
        start,
        scheduleChanges(start, from === 'binary' || from === 'rank' ? 'low' : 'tau', 'spike'),
      );
      expect(changed(steered, temperatureRuleChanges(steered, to)).sampler.temperature.rule).toBe(to);
    },
  );

  it('keeps both temperatures between two rules that have two', () => {
    const { sampler, schedules } = changed(config, temperatureRuleChanges(config, 'rank'));
    expect(sampler.temperature).toEqual({ rule: 'rank', high: 1.7, low: 0.9 });
    expect(schedules).toEqual(config.schedules);
  });

  it('takes the cold temperature and drops schedules where there is one', () => {
    const { sampler, schedules } = changed(config, temperatureRuleChanges(config, 'fixed'));
    expect(sampler.temperature).toEqual({ rule: 'fixed', tau: 0.9 });
    expect(schedules).toEqual({ high: null, low: null, tau: null });
  });

  it.each(THRESHOLD_RULES)('of threshold is accepted: %s, and back', (rule) => {
    const there = changed(config, thresholdRuleChanges(config, rule));
    expect(there.sampler.threshold.rule).toBe(rule);
    const back = changed(there, thresholdRuleChanges(there, 'quantile'));
    // A constant has no share to carry.
    expect(back.sampler.threshold).toEqual({ rule: 'quantile', coldFraction: rule === 'absolute' ? 0.6 : 0.7 });
  });
});

describe('another schedule', () => {
  it.each(KINDS)('is accepted and begins at the temperature that is set: %s', (kind) => {
    const { schedules } = changed(config, scheduleChanges(config, 'high', kind));
    expect(schedules.high?.kind ?? 'none').toBe(kind);
    expect(schedules.low).toEqual(config.schedules.low);
    expect(JSON.stringify(schedules.high)).toMatch(kind === 'none' ? /null/ : /1\.7/);
  });
});

describe('another objective', () => {
  it.each(Object.keys(VARIANTS) as (keyof typeof VARIANTS)[])('has its own fields: %s', (variant) => {
    const edited = changed(config, [{ path: 'loss.clipHigh', value: 0.9 }]);
    expect(changed(edited, variantChanges(variant)).loss).toEqual({ variant, ...VARIANTS[variant] });
  });
});

describe('back to the preset', () => {
  it('sets one place', () => {
    const edited = changed(config, [{ path: 'loss.clipHigh', value: 0.9 }]);
    expect(changed(edited, resetChanges(config, 'loss.clipHigh'))).toEqual(config);
  });

  it('takes schedules along with the temperature rule, which might lack them', () => {
    const fixed = changed(config, temperatureRuleChanges(config, 'fixed'));
    const steered = changed(fixed, scheduleChanges(fixed, 'tau', 'spike'));
    expect(changed(steered, resetChanges(config, 'sampler.temperature'))).toEqual(config);
  });
});
