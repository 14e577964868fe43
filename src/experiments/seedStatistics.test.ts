import { describe, expect, it } from 'vitest';
import { randomSource } from '../tasks/random.ts';
import {
  expandedTail,
  interquartileMean,
  normalTail,
  seedInterval,
  studentCentral,
  studentQuantile,
} from './seedStatistics.ts';

/** Two normal numbers from two uniform ones (Box and Muller). */
function normals(seed: number, count: number): number[] {
  const random = randomSource(seed, 0);
  const uniform = () => (random.below(2 ** 30) + 0.5) / 2 ** 30;
  return Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

describe('the quantiles behind the interval', () => {
  it.each([
    // mpmath at 30 digits: the root of 1 - I(n / (n + t^2); n/2, 1/2) - .95
    [1, 12.706204736174705],
    [2, 4.302652729749464],
    [4, 2.7764451051977943],
    [5, 2.5705818356363155],
    [9, 2.2621571627982053],
    [29, 2.045229642132703],
    [100, 1.9839715185235522],
  ])("have Student's t with %i degrees of freedom", (degrees, quantile) => {
    expect(studentQuantile(0.95, degrees)).toBeCloseTo(quantile, 11);
    expect(studentCentral(quantile, degrees)).toBeCloseTo(0.95, 12);
  });

  it.each([
    // mpmath: erfc(x / sqrt 2) / 2
    [0, 0.5],
    [0.5, 0.3085375387259869],
    [1.959963984540054, 0.025],
    [3.1041599743744, 0.0009541006200414824],
    [6, 9.865876450376946e-10],
  ])('have the normal tail beyond %d', (x, tail) => {
    expect(normalTail(x) / tail).toBeCloseTo(1, 9);
  });

  it('come to the plain percentiles with many seeds', () => {
    expect(expandedTail(5, 0.95)).toBeCloseTo(normalTail(Math.sqrt(1.25) * 2.7764451051977943), 12);
    expect(expandedTail(100_001, 0.95)).toBeCloseTo(0.025, 4);
  });
});

describe('the interquartile mean', () => {
  it.each([
    // scipy.stats.trim_mean(values, 0.25)
    [[3, 1, 2], 2],
    [[1, 2, 3, 100], 2.5],
    [[1, 2, 3, 4, 100], 3],
    [[0, 1, 2, 3, 4, 5, 6, 100], 3.5],
  ])('of %j is %d', (values, expected) => {
    expect(interquartileMean(values)).toBe(expected);
  });
});

describe('the interval over seeds', () => {
  it('is not there for one seed, and is a point where all agree', () => {
    expect(seedInterval([0.25])).toEqual({ value: 0.25, low: null, high: null, n: 1, band: null });
    expect(seedInterval([0.5, 0.5, 0.5, 0.5, 0.5])).toEqual({
      value: 0.5,
      low: 0.5,
      high: 0.5,
      n: 5,
      band: 'interval',
    });
    expect(() => seedInterval([])).toThrow(RangeError);
  });

  it('is no more than the range of fewer than five', () => {
    expect(seedInterval([8, 1, 4, 2])).toEqual({ value: 3.75, low: 1, high: 8, n: 4, band: 'range' });
  });

  it('counts resamples as drawing all of them does', () => {
    // Of 5^5 = 3125, one is the least and five have one other value: 1/3125 < .00095 <= 6/3125.
    const { low, high } = seedInterval([0, 1, 10, 100, 1000]);
    expect(low).toBeCloseTo(1 / 5, 12);
    expect(high).toBeCloseTo(4100 / 5, 12);
  });

  it('moves and stretches with the values, and turns with their sign', () => {
    const values = [0.11, 0.19, 0.13, 0.23, 0.17];
    const { value, low, high } = seedInterval(values);
    const moved = seedInterval(values.map((x) => 3 - 2 * x));
    expect(moved.value).toBeCloseTo(3 - 2 * value, 12);
    expect(moved.low).toBeCloseTo(3 - 2 * high!, 12);
    expect(moved.high).toBeCloseTo(3 - 2 * low!, 12);
  });

  // By simulation. The noise of the share itself is .005 with 2000 draws, .011 with 400 and .018 with 150.
  it.each([
    [5, 0.91, 0.97],
    [8, 0.92, 0.97],
    [20, 0.89, 0.99],
  ])('of %i normal values holds the true mean about 95 times in 100', (n, least, most) => {
    const draws = { 5: 2000, 8: 400, 20: 150 }[n]!;
    const all = normals(7, draws * n);
    let held = 0;
    for (let d = 0; d < draws; d++) {
      const { low, high } = seedInterval(all.slice(d * n, (d + 1) * n));
      if (low! <= 0 && high! >= 0) held++;
    }
    expect(held / draws).toBeGreaterThan(least);
    expect(held / draws).toBeLessThan(most);
  });
});
