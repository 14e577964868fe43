import { describe, expect, it } from 'vitest';
import { changedPaths, presetOf, valueAt, valueText } from './places.ts';
import { changed, INITIAL_SETTINGS } from './settings.ts';

const { config } = INITIAL_SETTINGS;

describe('places of a config', () => {
  it('are read by path, and are undefined where there is none', () => {
    expect(valueAt(config, 'sampler.temperature.high')).toBe(1.2);
    expect(valueAt(config, 'sampler.temperature.tau')).toBeUndefined();
    expect(valueAt(config, 'loss.knowledge.klWeight')).toBeUndefined();
  });

  it('are compared with the preset of the same task and seed', () => {
    const settings = {
      ...INITIAL_SETTINGS,
      config: changed(config, [
        { path: 'seed', value: 7 },
        { path: 'sampler.temperature.high', value: 1.5 },
        { path: 'group', value: 4 },
      ]),
    };
    expect(presetOf(settings).seed).toBe(7);
    expect(presetOf(settings)).toBe(presetOf(settings));
    expect(changedPaths(settings).sort()).toEqual(['group', 'sampler.temperature.high']);
    expect(changedPaths(settings, ['sampler.temperature', 'optimizer'])).toEqual(['sampler.temperature.high']);
    // A prefix is a whole name.
    expect(changedPaths(settings, ['sampler.temp', 'grou'])).toEqual([]);
  });

  it.each([
    ['sampler.tie', 'strict', 'H > H_th'],
    ['optimizer.epsilon', 1e-8, '1e-8'],
    ['sampler.queue.keep', true, 'on'],
    ['loss.dualClip', null, 'off'],
    ['sampler.ladder.offsets', [0, -0.1, 0.1], '0, -0.1, 0.1'],
    ['sampler.temperature', { rule: 'fixed', tau: 1 }, 'Fixed'],
    ['schedules.high', { kind: 'linear', from: 1, to: 2, steps: 3 }, 'Line'],
    ['loss', { variant: 'dapo' }, 'DAPO'],
    ['task', 'countdown', 'countdown'],
  ])('are said in words: %s', (path, value, text) => expect(valueText(path, value)).toBe(text));
});
