import { describe, expect, it } from 'vitest';
import type { CellResult } from './cellResult.ts';
import { cellsOf, parseExperiment } from './definition.ts';
import { forksAboveKnowledge, shareBetween } from './entropyModes.ts';
import { measureById, measuresOf, seriesOf, valueWhen } from './measures.ts';
import { evaluationOf, resultOf, TWO_ARMS } from './results.testing.ts';

const experiment = parseExperiment(TWO_ARMS);

const cell = (numbers: Partial<CellResult> = {}) =>
  resultOf(experiment, cellsOf(experiment)[0]!, {
    evaluations: [
      evaluationOf([1, 2]),
      evaluationOf([0, 4], { step: 5, greedy: 1 }),
      evaluationOf([3, 4], { step: 5, name: 'rule' }),
      evaluationOf([4, 4], { step: 10 }),
    ],
    curve: { every: 5, metrics: { reward: [0.125, 0.25], 'reward/tau/+0.2': [0.5, null], kl: [null, null] } },
    ...numbers,
  });

describe('a measure of an evaluation', () => {
  it('follows from the counts, step by step', async () => {
    const made = await cell();
    expect(seriesOf(made, 'eval/tau 1/avg@4')).toEqual({ steps: [0, 5, 10], values: [3 / 8, 4 / 8, 1] });
    // 1 - C(3, 4)/C(4, 4) = 1 for a prompt with one correct of four, and pass@4 of none is 0.
    expect(seriesOf(made, 'eval/tau 1/pass@4').values).toEqual([1, 0.5, 1]);
    expect(seriesOf(made, 'eval/rule/avg@4')).toEqual({ steps: [5], values: [7 / 8] });
    expect(seriesOf(made, 'eval/tau 1/greedy').values).toEqual([0.5, 1, 0.5]);
    expect(seriesOf(made, 'eval/tau 1/wrong arithmetic').values).toEqual([1 / 8, 1 / 8, 1 / 8]);
  });

  it('of pass@k below n counts choices of k from n', async () => {
    const many = evaluationOf([2, 0], { n: 16 });
    // 1 - C(14, 4)/C(16, 4) = 1 - 1001/1820 for two correct of sixteen.
    const [value] = seriesOf(await cell({ evaluations: [many] }), 'eval/tau 1/pass@4').values;
    expect(value).toBeCloseTo((1 - 1001 / 1820) / 2, 12);
  });

  it('is not there under another n, k or name', async () => {
    const made = await cell();
    for (const id of ['eval/tau 1/avg@16', 'eval/tau 1/pass@16', 'eval/tau/avg@4', 'eval/tau 1', 'nothing'])
      expect(seriesOf(made, id), id).toEqual({ steps: [], values: [] });
  });
});

describe('a measure of training', () => {
  it('stands where the last of its steps is done', async () => {
    expect(seriesOf(await cell(), 'curve/reward')).toEqual({ steps: [5, 10], values: [0.125, 0.25] });
    expect(seriesOf(await cell(), 'curve/none')).toEqual({ steps: [], values: [] });
  });

  it('of time is one number', async () => {
    expect(seriesOf(await cell(), 'timing/step')).toEqual({ steps: [10], values: [0.5] });
    expect(seriesOf(await cell(), 'timing/tokensPerSecond')).toEqual({ steps: [], values: [] });
  });
});

describe('measuresOf', () => {
  it('lists what some cell has, evaluations first, and leaves out what is never defined', async () => {
    const ids = measuresOf([await cell()]).map(({ id }) => id);
    expect(ids[0]).toBe('eval/tau 1/avg@4');
    expect(ids).toContain('curve/reward/tau/+0.2');
    expect(ids).toContain('eval/rule/pass@4');
    expect(ids).not.toContain('curve/kl');
    expect(ids).not.toContain('eval/tau 1/gate recall');
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.findIndex((id) => id.startsWith('curve/'))).toBeGreaterThan(ids.lastIndexOf('eval/rule/avg@4'));
  });

  it('says what is better, and in which unit', async () => {
    const cells = [await cell()];
    expect(measureById('eval/tau 1/wrong arithmetic', cells)).toMatchObject({ better: 'lower', unit: null });
    expect(measureById('curve/reward/tau/+0.2', cells)).toMatchObject({ better: 'higher' });
    expect(measureById('eval/tau 1/entropy of forks', cells)).toMatchObject({ better: null, unit: 'nats' });
    expect(measureById('timing/step', cells)).toMatchObject({ better: 'lower', unit: 's' });
    expect(measureById('curve/kl', cells)).toBeNull();
  });
});

describe('valueWhen', () => {
  const series = { steps: [0, 5, 10, 15], values: [0.25, 0.75, 0.5, null] };
  it('takes the last that is defined, the best, or that at a step', () => {
    expect(valueWhen(series, 'last', 'higher')).toBe(0.5);
    expect(valueWhen(series, 'best', 'higher')).toBe(0.75);
    expect(valueWhen(series, 'best', 'lower')).toBe(0.25);
    expect(valueWhen(series, { step: 5 }, null)).toBe(0.75);
    expect(valueWhen(series, { step: 15 }, null)).toBeNull();
    expect(valueWhen(series, { step: 7 }, null)).toBeNull();
    expect(valueWhen({ steps: [], values: [] }, 'best', 'higher')).toBeNull();
  });
});

describe('the modes of a histogram', () => {
  const histogram = { binNats: 0.05, fork: [0, 1, 0, 3], knowledge: [6, 2], format: [4], unknown: [0, 0, 0, 0, 4] };

  it('has shares of all tokens between edges of bins', () => {
    expect(shareBetween(histogram, 0, 0.1)).toBe(13 / 20);
    expect(shareBetween(histogram, 0.1, 0.2)).toBe(3 / 20);
    expect(shareBetween(histogram, 0.1, Number.POSITIVE_INFINITY)).toBe(7 / 20);
    expect(shareBetween({ binNats: 0.05, fork: [], knowledge: [], format: [], unknown: [] }, 0, 1)).toBeNull();
  });

  it('tells how often a fork is above knowledge, even within a bin', () => {
    // Of 4 x 8 pairs: three forks above all 8, one above 6 and even with 2.
    expect(forksAboveKnowledge(histogram)).toBe((3 * 8 + 6 + 1) / 32);
    expect(forksAboveKnowledge({ ...histogram, fork: [] })).toBeNull();
    expect(forksAboveKnowledge({ ...histogram, fork: [6, 2] })).toBe(0.5);
  });
});
