import { describe, expect, it } from 'vitest';
import { measureById } from './measures.ts';
import { resultsWith } from './results.testing.ts';
import { type SeedInterval, seedInterval } from './seedStatistics.ts';
import { summaryAt } from './summary.ts';
import { fourDigits, manyComparisons, signed, verdictOf, verdictSentences } from './verdict.ts';

const interval = (low: number, high: number): SeedInterval => ({
  value: (low + high) / 2,
  low,
  high,
  n: 5,
  band: 'interval',
});

describe('verdictOf', () => {
  it('names a difference only where the interval leaves out zero', () => {
    expect(verdictOf(interval(0.01, 0.02))).toBe('higher');
    expect(verdictOf(interval(-0.02, -0.01))).toBe('lower');
    expect(verdictOf(interval(-0.01, 0.02))).toBe('no difference');
    expect(verdictOf(interval(0, 0.02))).toBe('no difference');
    expect(verdictOf(interval(-0.02, 0))).toBe('no difference');
  });

  it('says nothing on too few seeds, however clear they look', () => {
    expect(verdictOf(seedInterval([1, 1, 1, 1]))).toBe('too few seeds');
    expect(verdictOf(seedInterval([1]))).toBe('too few seeds');
    expect(verdictOf(seedInterval([1, 1, 1, 1, 1]))).toBe('higher');
    expect(verdictOf(null)).toBe('no result');
  });
});

describe('numbers in words', () => {
  it.each([
    [0.01234, '+0.0123'],
    [-0.5, '-0.5000'],
    [-0.00001, '+0.0000'],
    [0, '+0.0000'],
    [12.345, '+12.35'],
    [-1234.5, '-1235'],
  ])('%d is %s', (value, words) => expect(signed(value)).toBe(words));

  it('have four decimals below ten', () => expect([9.99999, 10].map(fourDigits)).toEqual(['10.0000', '10.00']));
});

describe('verdictSentences', () => {
  const said = async (b: readonly (number | null)[]) => {
    const results = await resultsWith({ a: [2, 3, 4, 5, 6], b });
    const measure = measureById('eval/tau 1/avg@4', results.cells)!;
    return verdictSentences(summaryAt(results, measure, 'last'), 'a', measure, 'after 10 steps');
  };

  it('names a winner that the interval names', async () => {
    expect(await said([3, 4, 5, 6, 7])).toEqual([
      'b is higher than a in avg@4 (tau 1) after 10 steps: +0.1250, 95 % interval +0.1250 to +0.1250, 5 paired seeds, which excludes zero.',
    ]);
    expect(await said([1, 2, 3, 4, 5])).toEqual([
      'b is lower than a in avg@4 (tau 1) after 10 steps: -0.1250, 95 % interval -0.1250 to -0.1250, 5 paired seeds, which excludes zero.',
    ]);
  });

  it('names none that it does not', async () => {
    const [sentence] = await said([3, 2, 4, 6, 6]);
    expect(sentence).toMatch(/^No difference between b and a was found in .*, which includes zero\.$/);
  });

  it('says so where there is too little to say anything', async () => {
    const [few] = await said([8, 8, 8, null, null]);
    expect(few).toMatch(/^Nothing can be said yet of b against a in .* 3 paired seeds; at least 5 are needed\.$/);
    expect(await said([null, null, null, null, null])).toEqual(['b and a have no seed in common yet.']);
  });
});

describe('manyComparisons', () => {
  it('tells how often so many would err', () => {
    expect(manyComparisons(1)).toBe('');
    // 1 - .95^4 = .185
    expect(manyComparisons(4)).toMatch(/^These are 4 comparisons, .* 19 in 100 /);
  });
});
