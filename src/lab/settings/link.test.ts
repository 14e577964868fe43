import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tasks } from '../../tasks/index.ts';
import { linkOf, settingsOf } from './link.ts';
import { changed, INITIAL_SETTINGS, PRESET_NAMES, presetConfig, ROOMS, type Settings } from './settings.ts';

const edits: readonly (readonly [path: string, values: fc.Arbitrary<unknown>])[] = [
  ['sampler.queue.capacity', fc.integer({ min: 1, max: 100_000 })],
  ['sampler.queue.scope', fc.constantFrom('rollout', 'prompt', 'run')],
  ['sampler.threshold', fc.constantFrom({ rule: 'absolute', nats: 0.5 }, { rule: 'top-p', hotFraction: 0.2 })],
  ['sampler.ladder.offsets', fc.array(fc.constantFrom(0, 0.1, -0.1), { minLength: 1, maxLength: 8 })],
  ['sampler.truncation.topP', fc.double({ min: 0.01, max: 1, noNaN: true })],
  ['loss', fc.constantFrom({ variant: 'gspo' }, { variant: 'archer' }, { variant: 'dapo', clipHigh: 0.3 })],
  ['lossTemperature.mode', fc.constantFrom('one-late', 'truncated')],
  ['optimizer.learningRate', fc.double({ min: 0, max: 1, noNaN: true })],
  ['prompts', fc.integer({ min: 1, max: 99 })],
  ['maxNewTokens', fc.integer({ min: 1, max: 99 })],
];

const settings: fc.Arbitrary<Settings> = fc
  .record({
    room: fc.constantFrom(...ROOMS),
    preset: fc.constantFrom(...PRESET_NAMES),
    task: fc.constantFrom(...tasks.map(({ name }) => name)),
    seed: fc.integer({ min: 0, max: 1000 }),
    prompt: fc.option(fc.string({ maxLength: 40, unit: 'grapheme' })),
    problem: fc.integer({ min: 0, max: 99 }),
    changes: fc
      .subarray([...edits])
      .chain((chosen) => fc.tuple(...chosen.map(([path, values]) => values.map((value) => ({ path, value }))))),
  })
  .map(({ room, preset, task, seed, prompt, problem, changes }) => ({
    room,
    preset,
    prompt,
    problem,
    config: changed(presetConfig(preset, { task, seed }), changes),
  }));

describe('a link', () => {
  it('holds nothing at a first visit', () => {
    expect(linkOf(INITIAL_SETTINGS)).toBe('');
    expect(settingsOf('')).toEqual(INITIAL_SETTINGS);
  });

  it('brings back exactly the settings that it was made from', () => {
    fc.assert(
      fc.property(settings, (made) => {
        expect(settingsOf(linkOf(made))).toEqual(made);
      }),
    );
  });

  it('holds only what differs from the preset', () => {
    const config = changed(presetConfig('paper', {}), [{ path: 'sampler.temperature.high', value: 1.4 }]);
    expect(linkOf({ ...INITIAL_SETTINGS, room: 'train', preset: 'paper', config })).toBe(
      '#v=1&room=train&preset=paper&sampler.temperature.high=1.4',
    );
  });

  it.each([
    ['#room=train', /version "none", but version 1 is accepted/],
    ['#v=2', /version "2"/],
    ['#v=1&room=kitchen', /the rooms are step, train, compare, evaluate, model, learn/],
    ['#v=1&preset=best', /the presets are ours, paper/],
    ['#v=1&task=chess', /This link is not accepted: task is not accepted/],
    ['#v=1&sampler.temperature.warm=1', /sampler\.temperature\.warm is not a setting/],
    [
      '#v=1&sampler.temperature.high=-1',
      /sampler\.temperature\.high is not accepted: a temperature must not be negative/,
    ],
    ['#v=1&problem=-1', /whole number/],
    [`#v=1&prompt=${'1'.repeat(3000)}`, /longer than 2000/],
    [`#v=1&x=${'1'.repeat(30_000)}`, /longer than the 20000/],
  ])('%s is refused in a sentence', (link, sentence) => {
    expect(() => settingsOf(link)).toThrow(sentence);
  });
});
