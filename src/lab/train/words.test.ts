import { describe, expect, it } from 'vitest';
import { changedConfig } from '../../grpo/liveChange.ts';
import { parseRunConfig } from '../../grpo/runConfig.ts';
import { helpFor } from '../help.ts';
import { differences, PRESET_NAMES, presetConfig } from '../settings/settings.ts';
import type { RunState } from './calls.ts';
import { differenceText, editsOf, liveFields, liveValue } from './liveFields.ts';
import { bytesText, checkpointBefore, costText, statusText } from './words.ts';

const config = parseRunConfig({ prompts: 4, group: 8 });

describe('live sliders', () => {
  const rules = [
    { temperature: { rule: 'binary' }, threshold: { rule: 'quantile' } },
    { temperature: { rule: 'rank' }, threshold: { rule: 'top-p' } },
    { temperature: { rule: 'fixed' }, threshold: { rule: 'absolute' } },
    { temperature: { rule: 'edt' }, threshold: { rule: 'floored' } },
  ] as const;

  it.each(rules)('have a place, a help and an effect under $temperature.rule and $threshold.rule', (sampler) => {
    const of = parseRunConfig({ sampler });
    for (const field of liveFields(of)) {
      expect(helpFor(field.path).help).toMatch(/\.$/);
      const before = liveValue(of, field);
      const wanted = before === field.max ? field.min : field.max;
      expect(liveValue(changedConfig(of, { [field.name]: wanted }), field)).toBe(wanted);
    }
  });

  it('tell what a run takes as it goes from what needs a new one', () => {
    const edited = parseRunConfig({ ...config, group: 16, optimizer: { ...config.optimizer, learningRate: 1e-4 } });
    expect(editsOf(edited, config)).toEqual({ live: { learningRate: 1e-4 }, restart: [{ path: 'group', value: 16 }] });
    expect(editsOf(config, config)).toEqual({ live: null, restart: [] });
  });
});

it('says every difference between two presets', () => {
  const presets = PRESET_NAMES.map((preset) => presetConfig(preset, {}));
  for (const one of presets)
    for (const other of presets)
      for (const difference of differences(one, other)) expect(differenceText(difference)).toMatch(/\S/);
  expect(differenceText({ path: 'group', value: 16 })).toMatch(/16$/);
  expect(differenceText({ path: 'sampler.temperature', value: { rule: 'edt', base: 0.8 } })).toContain('EDT');
});

const state = (more: Partial<RunState>): RunState =>
  ({ phase: 'running', step: 12, next: 'collect', config, notice: null, ...more }) as RunState;

describe('what a run does', () => {
  it('is said for every phase', () => {
    expect(statusText(state({}))).toBe('Step 12: drawing 8 rollouts of each of 4 problems');
    expect(statusText(state({ phase: 'paused', step: 0 }))).toMatch(/^Ready; first: drawing/);
    expect(statusText(state({ phase: 'paused' }))).toMatch(/^Paused after 12 steps; next/);
    expect(statusText(state({ phase: 'paused', next: 'score' }))).toMatch(/^Paused inside step 12; next: scoring 32/);
    expect(statusText(state({ phase: 'failed', notice: 'No memory.', next: 'update' }))).toMatch(
      /weights: No memory\.$/,
    );
  });

  it('costs tokens a second and shares of time', () => {
    expect(costText([])).toBeNull();
    const rows = [
      { step: 0, num_tokens: 1000, step_time: 2 },
      { step: 1, num_tokens: 5000, step_time: 2, 'time/collect': 0.5, 'time/score': 0.5, 'time/update': 1 },
    ];
    expect(costText(rows)).toBe('2,000 tokens/s · 2 s a step: collect 25 %, score 25 %, update 50 %');
  });

  it('names the checkpoint to go back to', () => {
    const at = (step: number) =>
      ({ step, kind: 'guard', label: null, createdAt: 0, bytes: 0, annotations: 0 }) as const;
    expect(checkpointBefore({ from: 25 }, [at(0), at(20), at(30)])?.step).toBe(20);
    expect(checkpointBefore({ from: 5 }, [at(10)])).toBeNull();
  });

  it('says sizes with three digits', () => {
    expect([999, 12_345, 1.5e6, 2e9].map(bytesText)).toEqual(['999 B', '12.3 kB', '1.5 MB', '2 GB']);
  });
});
