import { describe, expect, it } from 'vitest';
import {
  averageAtN,
  bootstrapInterval,
  bootstrapRatio,
  mean,
  pairedBootstrap,
  passAtK,
  quantileOfSorted,
} from './statistics.ts';

/** C(n, k) exactly. */
function choose(n: number, k: number): bigint {
  let value = 1n;
  for (let i = 1; i <= k; i++) value = (value * BigInt(n - k + i)) / BigInt(i);
  return k > n ? 0n : value;
}

/** a / b to double precision, for integers beyond double range. */
const ratio = (a: bigint, b: bigint) => Number((a * 10n ** 30n) / b) / 1e30;

describe('passAtK', () => {
  it('equals the binomials, exactly computed', () => {
    for (const n of [1, 2, 5, 16, 256])
      for (const c of new Set([0, 1, 2, n >> 1, n - 1, n].filter((x) => x >= 0 && x <= n)))
        for (const k of new Set([1, 2, 16, n >> 1, n - 1, n].filter((x) => x >= 1 && x <= n)))
          expect(passAtK(n, c, k), `n ${n} c ${c} k ${k}`).toBeCloseTo(1 - ratio(choose(n - c, k), choose(n, k)), 12);
  });

  it('is c / n for one sample and 0 or 1 at the ends', () => {
    expect(passAtK(256, 64, 1)).toBeCloseTo(0.25, 14);
    expect(passAtK(256, 0, 256)).toBe(0);
    expect(passAtK(256, 1, 256)).toBe(1);
  });

  it('refuses what is not defined', () => {
    expect(() => passAtK(8, 9, 1)).toThrow(RangeError);
    expect(() => passAtK(8, 1, 9)).toThrow(RangeError);
    expect(() => passAtK(8, 1, 0)).toThrow(RangeError);
    expect(() => passAtK(8, 0.5, 1)).toThrow(RangeError);
  });
});

describe('averageAtN', () => {
  it('is the mean share', () => expect(averageAtN([0, 4, 8], 8)).toBe(0.5));
});

describe('the bootstrap', () => {
  // 100 coin flips of which 30 fell heads: standard error sqrt(.3 * .7 / 100) = .0458.
  const flips = Array.from({ length: 100 }, (_, i) => (i < 30 ? 1 : 0));

  it('has the width of the normal approximation', () => {
    const { mean: middle, low, high } = bootstrapInterval(flips, { seed: 1, resamples: 4000 });
    expect(middle).toBe(0.3);
    expect(low).toBeGreaterThan(0.3 - 1.96 * 0.0458 - 0.015);
    expect(low).toBeLessThan(0.3 - 1.96 * 0.0458 + 0.015);
    expect(high).toBeGreaterThan(0.3 + 1.96 * 0.0458 - 0.015);
    expect(high).toBeLessThan(0.3 + 1.96 * 0.0458 + 0.015);
  });

  it('is narrower at a lower level and depends on the seed only', () => {
    const wide = bootstrapInterval(flips, { seed: 5, resamples: 1000 });
    const narrow = bootstrapInterval(flips, { seed: 5, resamples: 1000, level: 0.5 });
    expect(narrow.high - narrow.low).toBeLessThan(wide.high - wide.low);
    expect(bootstrapInterval(flips, { seed: 5, resamples: 1000 })).toEqual(wide);
    expect(bootstrapInterval(flips, { seed: 6, resamples: 50 })).not.toEqual(
      bootstrapInterval(flips, { seed: 5, resamples: 50 }),
    );
  });

  it('is a point for values that do not vary', () =>
    expect(bootstrapInterval([2, 2, 2], { seed: 0, resamples: 100 })).toEqual({ mean: 2, low: 2, high: 2 }));

  it('refuses nothing at all', () => expect(() => bootstrapInterval([], { seed: 0 })).toThrow(RangeError));
});

describe('bootstrapRatio', () => {
  const options = { seed: 2, resamples: 4000 };

  it('is the plain bootstrap where all counts are 1', () => {
    const values = [1, 5, 2, 8, 3, 3, 9];
    const ones = values.map(() => 1);
    expect(bootstrapRatio(values, ones, options)).toEqual(bootstrapInterval(values, options));
  });

  it('weighs prompts by their counts, and stays within the ratios of single prompts', () => {
    const { mean: middle, low, high } = bootstrapRatio([90, 1], [100, 10], options);
    expect(middle).toBeCloseTo(91 / 110, 12);
    // Two prompts of two give one of them alone a quarter of the time.
    expect(low).toBeCloseTo(0.1, 12);
    expect(high).toBeCloseTo(0.9, 12);
  });

  it('has the width of the delta method', () => {
    // 400 prompts of 1 or 3 tokens, totals +-1 a token: Var = mean of (S - R N)^2 / (n mean(N)^2).
    const counts = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 1 : 3));
    const totals = counts.map((count, i) => (i % 4 < 2 ? count : -count));
    const { mean: middle, low, high } = bootstrapRatio(totals, counts, options);
    expect(middle).toBeCloseTo(0, 12);
    const deviation = Math.sqrt(5 / (400 * 4));
    expect(high - low).toBeGreaterThan(0.9 * 2 * 1.96 * deviation);
    expect(high - low).toBeLessThan(1.1 * 2 * 1.96 * deviation);
  });

  it('refuses unequal counts', () => expect(() => bootstrapRatio([1], [1, 2], options)).toThrow(/1 and 2/));
});

describe('quantileOfSorted', () => {
  it('is linear between order statistics', () => {
    expect([0, 0.25, 0.5, 0.8, 1].map((q) => quantileOfSorted([1, 2, 4], q))).toEqual([1, 1.5, 2, 3.2, 4]);
    expect(quantileOfSorted([7], 0.9)).toBe(7);
  });
});

describe('pairedBootstrap', () => {
  const before = Array.from({ length: 64 }, (_, i) => (i % 8) / 8);
  const options = { seed: 3, resamples: 4000 };

  it('sees a rise that is the same for every prompt', () => {
    const after = before.map((x, i) => x + 0.2 + 0.05 * (i % 2));
    const compared = pairedBootstrap(before, after, options);
    expect(compared.mean).toBeCloseTo(0.225, 12);
    expect(compared.pHigher).toBeCloseTo(1 / 4001, 12);
    expect(compared.low).toBeGreaterThan(0.2);
  });

  it('finds p near the normal tail for a difference of two standard errors', () => {
    // Differences +-1 with mean .25 over 64: standard error .1210, z = 2.066, one-sided p = .0194.
    const after = before.map((x, i) => x + (i < 40 ? 1 : -1));
    const compared = pairedBootstrap(before, after, options);
    expect(compared.mean).toBeCloseTo(0.25, 12);
    expect(compared.pHigher).toBeGreaterThan(0.01);
    expect(compared.pHigher).toBeLessThan(0.035);
    expect(compared.pDifferent).toBeGreaterThan(1.5 * compared.pHigher);
    expect(compared.pDifferent).toBeLessThan(2.5 * compared.pHigher);
  });

  it('calls a fall no rise, and no difference no difference', () => {
    const fall = pairedBootstrap(
      before,
      before.map((x, i) => x - (i < 40 ? 1 : -1)),
      options,
    );
    expect(fall.pHigher).toBeGreaterThan(0.95);
    expect(pairedBootstrap(before, before, options)).toMatchObject({ mean: 0, pHigher: 1, pDifferent: 1 });
  });

  it('refuses unequal counts', () => expect(() => pairedBootstrap([1], [1, 2], options)).toThrow(/1 and 2/));
  it('knows the mean', () => expect(mean([1, 2, 6])).toBe(3));
});
