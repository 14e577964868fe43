// What an experiment on a language model may be, and how its cells are cut into batches.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batchesOf,
  ModelExperimentError,
  type ModelExperimentInput,
  modelCellsOf,
  parseModelExperiment,
} from './definition.ts';

const question = (id: string) => ({
  id,
  domain: 'algebra',
  words: '1 + 1',
  prompt: { user: '1 + 1' },
  stopText: null,
  check: { kind: 'math' as const, answer: '2' },
});
const SOUND: ModelExperimentInput = {
  name: 'test',
  model: { name: 'model', dtype: 'q4', weightsBytes: 1 },
  questions: [question('a'), question('b')],
  arms: [
    { name: 'one', sampler: {} },
    { name: 'two', sampler: { temperature: { rule: 'fixed', tau: 0 } } },
  ],
  rollouts: 4,
  maxNewTokens: 16,
};

describe('a definition', () => {
  it('gets its defaults, and reads back from JSON to itself', () => {
    const experiment = parseModelExperiment(SOUND);
    expect(experiment).toMatchObject({ version: 1, together: 8, seed: 0 });
    expect(experiment.arms[0]!.sampler.temperature).toEqual({ rule: 'binary', high: 1.2, low: 1 });
    expect(parseModelExperiment(JSON.parse(JSON.stringify(experiment)))).toEqual(experiment);
  });

  const task = { kind: 'task', task: 'countdown', difficulty: 'impossible', seed: 0, index: 0 };
  const cases: readonly [string, object, RegExp][] = [
    ['no questions', { questions: [] }, /questions/],
    ['no arms', { arms: [] }, /arms/],
    ['two questions of one id', { questions: [question('a'), question('a')] }, /ids of the questions must differ/],
    [
      'two arms of one name',
      { arms: [SOUND.arms[0]!, { name: ' one ', sampler: {} }] },
      /names of the arms must differ/,
    ],
    ['no rollouts', { rollouts: 0 }, /rollouts.*whole number from 1 to 1024/],
    ['half a rollout', { rollouts: 1.5 }, /rollouts.*whole number from 1 to 1024/],
    ['too many together', { together: 65 }, /together.*whole number from 1 to 64/],
    ['no tokens', { maxNewTokens: 0 }, /maxNewTokens.*whole number from 1 to 65536/],
    ['a negative seed', { seed: -1 }, /seed.*whole number/],
    ['another version', { version: 2 }, /version/],
    ['a field too many', { temperature: 1 }, /temperature/],
    [
      'temperatures below 0',
      { arms: [{ name: 'cold', sampler: { ladder: { offsets: [-2] } } }] },
      /arms\.0 \("cold"\): ladder\.offsets: the offset -2/,
    ],
    [
      'a rule that is not there',
      { arms: [{ name: 'x', sampler: { temperature: { rule: 'warm' } } }] },
      /arms\.0\.sampler\.temperature/,
    ],
    ['a task that is not there', { questions: [{ ...question('a'), check: { ...task, task: 'chess' } }] }, /task/],
    [
      'a difficulty that is not there',
      { questions: [{ ...question('a'), check: task }] },
      /the task countdown has no difficulty "impossible": choose /,
    ],
    ['a prompt of neither kind', { questions: [{ ...question('a'), prompt: {} }] }, /questions\.0\.prompt/],
  ];
  it.each(cases)('with %s is refused in one sentence', (_, change, words) => {
    const parse = () => parseModelExperiment({ ...SOUND, ...change }, 'The file');
    expect(parse).toThrow(ModelExperimentError);
    expect(parse).toThrow(words);
    expect(parse).toThrow(/^The file: [^\n]*[^.\n]\.$/);
  });
  it('of something else altogether is refused as well', () => {
    for (const input of [null, 1, 'x', []]) expect(() => parseModelExperiment(input)).toThrow(ModelExperimentError);
  });
});

describe('cells', () => {
  it('go question by question, all arms behind each other', () => {
    expect(modelCellsOf(parseModelExperiment(SOUND))).toEqual([
      { question: 0, arm: 0 },
      { question: 0, arm: 1 },
      { question: 1, arm: 0 },
      { question: 1, arm: 1 },
    ]);
  });

  const shapes = fc.record({
    rollouts: fc.integer({ min: 1, max: 200 }),
    together: fc.integer({ min: 1, max: 64 }),
    ladders: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
  });
  const experimentOf = ({ rollouts, together, ladders }: { rollouts: number; together: number; ladders: number[] }) =>
    parseModelExperiment({
      ...SOUND,
      rollouts,
      together,
      arms: ladders.map((steps, arm) => ({
        name: `${arm}`,
        sampler: { ladder: { offsets: Array.from({ length: steps }, (_, i) => i / 10) } },
      })),
    });

  it('are cut into batches that hold every rollout once, with noise of their own', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 5 }), (shape, at) => {
        const experiment = experimentOf(shape);
        const batches = batchesOf(experiment, at);
        let next = 0;
        for (const { from, count } of batches) {
          expect(from).toBe(next);
          expect(count).toBeGreaterThan(0);
          expect(count).toBeLessThanOrEqual(shape.together);
          next += count;
        }
        expect(next).toBe(shape.rollouts);
        const streams = [...batches, ...batchesOf(experiment, at + 1)].map(({ stream }) => stream);
        expect(new Set(streams).size).toBe(streams.length);
      }),
    );
  });

  it('keep every rollout at its place on all ladders, where a turn of them all fits into a batch', () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        let turn = 1;
        while (shape.ladders.some((steps) => turn % steps !== 0)) turn += 1;
        fc.pre(turn <= shape.together);
        for (const { from } of batchesOf(experimentOf(shape), 0)) expect(from % turn).toBe(0);
      }),
    );
  });
});
