import { describe, expect, it } from 'vitest';
import { parsePretrainConfig, pretrainPolicy } from '../grpo/pretrainConfig.ts';
import { parameterCount } from '../policy/parameters.ts';
import { cellsOf, pointsOf } from './definition.ts';
import { EXPERIMENT_PRESET_NAMES, experimentPreset } from './presets.ts';

describe('the presets', () => {
  it.each(EXPERIMENT_PRESET_NAMES)('%s can be run, and says what it asks and where to look', (name) => {
    const experiment = experimentPreset(name);
    expect(experiment.question).toMatch(/\?$/);
    expect(experiment.look).not.toBe('');
    expect(experiment.seeds.length).toBeGreaterThanOrEqual(5);
    expect(cellsOf(experiment)).toHaveLength(pointsOf(experiment).length * experiment.seeds.length);
  });

  it('have the sizes that scale names', () => {
    const sizes = pointsOf(experimentPreset('scale'))
      .filter(({ arm }) => arm === 'fixed 1')
      .map(({ start }) => parameterCount(pretrainPolicy(parsePretrainConfig(start))) / 1e6);
    for (const [i, wanted] of [0.1, 0.4, 1.6, 6].entries())
      expect(Math.abs(Math.log(sizes[i]! / wanted))).toBeLessThan(Math.log(1.4));
  });
});
