import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pick, randomSource } from './random.ts';

const draws = (seed: number, index: number, below: number, count: number) => {
  const random = randomSource(seed, index);
  return Array.from({ length: count }, () => random.below(below));
};

describe('random draws', () => {
  it('depend on the seed and the index alone', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, index, below) => {
        expect(draws(seed, index, below, 9)).toEqual(draws(seed, index, below, 9));
      }),
    );
  });

  it('differ between seeds and between items, the high words included', () => {
    const streams = [
      [0, 0],
      [1, 0],
      [2 ** 32, 0],
      [0, 1],
      [0, 2 ** 32],
    ].map(([seed, index]) => draws(seed!, index!, 2 ** 32, 4).join());
    expect(new Set(streams).size).toBe(streams.length);
  });

  it('are whole numbers below the bound', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, below) => {
        for (const value of draws(seed, 0, below, 9)) {
          expect(Number.isInteger(value)).toBe(true);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThan(below);
        }
      }),
    );
  });

  it.each([2, 7, 10])('fall on each of %i numbers as often', (below) => {
    const count = 7000;
    const seen = new Array<number>(below).fill(0);
    for (const value of draws(3, 0, below, count)) seen[value]!++;
    const expected = count / below;
    // Chi-squared with below - 1 degrees of freedom: mean below - 1, standard deviation sqrt(2(below - 1)).
    const chiSquared = seen.reduce((sum, times) => sum + (times - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(below - 1 + 4 * Math.sqrt(2 * (below - 1)));
  });

  it('leave no bias where the bound does not divide 2^32', () => {
    // Of 2^32 words, a remainder by 3 * 2^30 alone would put half of all draws into the lowest third.
    const values = draws(5, 0, 3 * 2 ** 30, 3000);
    const lowest = values.filter((value) => value < 2 ** 30).length / values.length;
    expect(Math.abs(lowest - 1 / 3)).toBeLessThan(0.04);
  });

  it.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN])('refuse %f choices', (below) => {
    expect(() => randomSource(0, 0).below(below)).toThrow(RangeError);
  });

  it.each([-1, 0.5, 2 ** 53])('refuse the seed %f', (seed) => {
    expect(() => randomSource(seed, 0)).toThrow(RangeError);
  });

  it('pick every item of a list sooner or later', () => {
    const random = randomSource(1, 0);
    expect(new Set(Array.from({ length: 100 }, () => pick(['a', 'b', 'c'], random)))).toEqual(new Set(['a', 'b', 'c']));
  });
});
