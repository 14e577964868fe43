import { describe, expect, test } from 'vitest';
import { midrank, thresholdNats } from './threshold.ts';

const FIVE = Float64Array.of(0.1, 0.2, 0.4, 0.8, 1.6);

describe('sliding quantile', () => {
  test.each([
    [0, 0.1],
    [0.25, 0.2],
    [0.37, 0.2 + 0.48 * 0.2],
    [0.6, 0.4 + 0.4 * 0.4],
    [0.9, 0.8 + 0.6 * 0.8],
    [1, 1.6],
  ])('k = %s of five entropies', (coldFraction, expected) => {
    expect(thresholdNats({ rule: 'quantile', coldFraction }, FIVE)).toBeCloseTo(expected, 14);
  });

  test('is an entropy of the window itself, bit for bit, where the rank is whole', () => {
    // In floating point .07 * 100 is 7.000000000000001.
    const window = Float64Array.from({ length: 101 }, (_, i) => i / 7);
    expect(thresholdNats({ rule: 'quantile', coldFraction: 0.07 }, window)).toBe(window[7]);
  });

  test('of one entropy is that entropy, and of none is NaN', () => {
    expect(thresholdNats({ rule: 'quantile', coldFraction: 0.6 }, Float64Array.of(0.3))).toBe(0.3);
    expect(thresholdNats({ rule: 'quantile', coldFraction: 0.6 }, new Float64Array())).toBeNaN();
  });
});

describe('sliding top-p', () => {
  test.each([
    [1, 0.1],
    [0.8, 0.1],
    [0.75, 0.2],
    [0.4, 0.4],
    [0.2, 0.8],
    [0, 1.6],
  ])('p = %s of five entropies takes the lower index', (hotFraction, expected) => {
    expect(thresholdNats({ rule: 'top-p', hotFraction }, FIVE)).toBe(expected);
  });

  test('counts the rank in whole numbers', () => {
    // In floating point (1 - .93) * 100 is 6.999999999999995.
    const window = Float64Array.from({ length: 101 }, (_, i) => i);
    expect(thresholdNats({ rule: 'top-p', hotFraction: 0.93 }, window)).toBe(7);
  });
});

test('absolute and floored thresholds', () => {
  expect(thresholdNats({ rule: 'absolute', nats: 0.672 }, FIVE)).toBe(0.672);
  expect(thresholdNats({ rule: 'absolute', nats: 0.672 }, new Float64Array())).toBeNaN();
  expect(thresholdNats({ rule: 'floored', coldFraction: 0.25, floorNats: 0.3 }, FIVE)).toBe(0.3);
  expect(thresholdNats({ rule: 'floored', coldFraction: 0.75, floorNats: 0.3 }, FIVE)).toBe(0.8);
});

describe('midrank', () => {
  const window = Float64Array.of(0.1, 0.2, 0.2, 0.2, 0.9);

  test.each([
    [0.1, 0],
    [0.2, 0.5],
    [0.9, 1],
  ])('push-first: %s, which is in the window', (H, rank) => {
    expect(midrank(H, window, 'push-first')).toBe(rank);
  });

  test.each([
    [0.05, 0],
    [0.1, 0.1],
    [0.2, 0.5],
    [0.5, 0.8],
    [2, 1],
  ])('threshold-first: %s, judged by the earlier ones', (H, rank) => {
    expect(midrank(H, window, 'threshold-first')).toBeCloseTo(rank, 15);
  });

  test('alone in its window an entropy is in the middle', () => {
    expect(midrank(0.4, Float64Array.of(0.4), 'push-first')).toBe(0.5);
  });

  test('stays in [0, 1] when the step pushed H out of its own window', () => {
    expect(midrank(0.01, window, 'push-first')).toBe(0);
    expect(midrank(3, window, 'push-first')).toBe(1);
  });
});
