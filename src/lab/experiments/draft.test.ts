import { describe, expect, it } from 'vitest';
import { cellsOf, parseExperiment, pointsOf } from '../../experiments/definition.ts';
import { EXPERIMENT_PRESET_NAMES, experimentPreset } from '../../experiments/presets.ts';
import { PRESET_NAMES, PRESETS } from '../../grpo/presets.ts';
import { parseRunConfig, type RunConfig } from '../../grpo/runConfig.ts';
import { armConfig, armSet, draftDefinition, FIRST_DRAFT, partOf, sweepFields } from './draft.ts';
import { consequences, resized, sizeOf } from './shrink.ts';
import { readSweepValues } from './sweepValues.ts';

const BASE = parseRunConfig({ seed: 7 });
const CONFIGS: readonly RunConfig[] = [
  ...PRESET_NAMES.map((name) => parseRunConfig(PRESETS[name].config)),
  ...EXPERIMENT_PRESET_NAMES.flatMap((name) => pointsOf(experimentPreset(name)).map(({ config }) => config)),
];

describe('an arm', () => {
  it('sets what makes it its config, from whichever base', () => {
    const first = CONFIGS.filter((_, i) => i % 7 === 0);
    for (const base of first)
      for (const config of first) expect(armConfig(base, armSet(base, config))).toEqual({ ...config, seed: base.seed });
  });

  it('sets nothing where nothing differs', () => expect(armSet(BASE, { ...BASE, seed: 3 })).toEqual({}));
});

describe('draftDefinition', () => {
  it('is an experiment from the settings, without their seed', () => {
    const arms = [...FIRST_DRAFT.arms, { id: 1, name: 'hotter', set: { sampler: { temperature: { high: 1.7 } } } }];
    const axes = [{ field: 'sampler.threshold.coldFraction', text: '0.2 to 0.6 in 3' }];
    const experiment = parseExperiment(draftDefinition(BASE, { ...FIRST_DRAFT, arms, axes }));
    expect(cellsOf(experiment)).toHaveLength(2 * 3 * 5);
    expect(pointsOf(experiment).map(({ config }) => config.sampler.threshold)).toMatchObject(
      [0.2, 0.4, 0.6, 0.2, 0.4, 0.6].map((coldFraction) => ({ coldFraction })),
    );
  });

  it('is what was typed, if something was', () => {
    const text = JSON.stringify(experimentPreset('robustness'));
    expect(parseExperiment(draftDefinition(BASE, { ...FIRST_DRAFT, text }))).toEqual(experimentPreset('robustness'));
    expect(() => draftDefinition(BASE, { ...FIRST_DRAFT, text: '{' })).toThrow(SyntaxError);
  });

  it('names the part of the form that is refused', () => {
    const refusal = (change: Partial<typeof FIRST_DRAFT>) => {
      const draft = { ...FIRST_DRAFT, ...change };
      try {
        parseExperiment(draftDefinition(BASE, draft));
        return null;
      } catch (cause) {
        return partOf((cause as Error).message, draft);
      }
    };
    const [arm] = FIRST_DRAFT.arms;
    expect(refusal({})).toBeNull();
    expect(refusal({ name: '' })).toBe('name');
    expect(refusal({ arms: [arm!, { ...arm!, id: 1 }] })).toBe('arms');
    expect(refusal({ arms: [arm!, { ...arm!, id: 1, name: 'twin' }] })).toBe('arms');
    expect(refusal({ axes: [{ field: 'sampler.threshold.coldFraction', text: '0.2, 7' }] })).toBe('sweep');
    expect(refusal({ size: { ...FIRST_DRAFT.size, seeds: 0 } })).toBe('size');
  });

  it('sweeps over fields that the base has', () => {
    const fields = sweepFields(BASE);
    expect(fields).toContain('sampler.temperature.high');
    expect(fields).toContain('sampler.queue.scope');
    expect(fields).not.toContain('sampler.temperature.tau');
    expect(fields).not.toContain('seed');
  });
});

describe('readSweepValues', () => {
  it.each([
    ['0.2, 0.4,0.6', null, [0.2, 0.4, 0.6]],
    ['0.2 to 0.8 in 4', null, [0.2, 0.4, 0.6, 0.8]],
    ['1e-5 to 1e-3 in 3 log', null, [1e-5, 1e-4, 1e-3]],
    ['run, prompt', ['run', 'prompt', 'rollout'], ['run', 'prompt']],
    ['true, false', ['true', 'false'], [true, false]],
  ])('reads %s', (text, options, values) => expect(readSweepValues(text, options)).toEqual(values));

  it.each([
    ['', null, /Values are needed/],
    ['0.2, x', null, /"x" is not a number/],
    ['0 to 1 in 3 log', null, /above 0/],
    ['1 to 2 in 1', null, /2 to 64 values/],
    ['city', ['run', 'prompt'], /"city" is not accepted: run, prompt are/],
  ])('refuses %j in one sentence', (text, options, sentence) =>
    expect(() => readSweepValues(text, options)).toThrow(sentence),
  );
});

describe('a preset at another size', () => {
  const preset = experimentPreset('robustness');
  const small = { seeds: 2, steps: 4, prompts: 2, group: 4, evaluationPrompts: 3, evaluationRollouts: 2 };

  it('is unchanged at its own', () => {
    for (const name of EXPERIMENT_PRESET_NAMES) {
      const whole = experimentPreset(name);
      expect(parseExperiment(resized(whole, sizeOf(whole)))).toEqual(whole);
      expect(consequences(whole, sizeOf(whole))).toEqual([]);
    }
  });

  it('has that size in every arm, and is evaluated as often over its steps', () => {
    const experiment = parseExperiment(resized(preset, small));
    expect(cellsOf(experiment)).toHaveLength(5 * 2);
    for (const { config } of pointsOf(experiment)) expect(config).toMatchObject({ prompts: 2, group: 4 });
    expect(experiment).toMatchObject({ steps: 4, evaluation: { prompts: 3, n: 2 }, curve: { every: 1 } });
    expect(experiment.evaluation.every).toBeGreaterThan(0);
    expect(parseExperiment(resized(preset, { ...sizeOf(preset), seeds: 7 })).seeds).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('says what that means', () => {
    const said = consequences(preset, small).join(' ');
    expect(said).toContain('With 2 seeds no difference can be named');
    expect(said).toContain(`4 steps instead of ${preset.steps}`);
    expect(said).toContain('up to k = 2');
    expect(
      consequences(experimentPreset('schedules'), { ...sizeOf(experimentPreset('schedules')), steps: 8 }).join(' '),
    ).toContain('not stretched');
  });
});
