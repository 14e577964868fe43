import { expect, it } from 'vitest';
import { methodCost, spreadOf } from './statistics.ts';

it('gives median and quartiles', () => {
  expect(spreadOf([4, 1, 3, 2, 5])).toEqual({ median: 3, low: 2, high: 4 });
  expect(spreadOf([10, 20])).toEqual({ median: 15, low: 12.5, high: 17.5 });
  expect(spreadOf([7])).toEqual({ median: 7, low: 7, high: 7 });
  expect(() => spreadOf([])).toThrow(RangeError);
});

it('compares within pairs, so that a drift of the machine does not count', () => {
  // The machine becomes twice as slow; the method costs a tenth throughout.
  const pairs = [100, 120, 140, 160, 200].map((fixed) => ({ fixed, current: 1.1 * fixed }));
  const cost = methodCost(pairs, 20, 400);
  expect(cost.ratio.median).toBeCloseTo(1.1, 12);
  expect(cost.ratio.high - cost.ratio.low).toBeCloseTo(0, 12);
  expect(cost.fixedMs).toEqual({ median: 7, low: 6, high: 8 });
  expect(cost.differenceMs.median).toBeCloseTo(0.7, 12);
  // 400 tokens in 20 steps of 7 ms.
  expect(cost.fixedTokensPerSecond).toBeCloseTo(400 / 0.14, 9);
  expect(cost.currentTokensPerSecond).toBeCloseTo(400 / 0.154, 9);
});

it('is not moved by one stray pause', () => {
  const even = Array.from({ length: 9 }, () => ({ current: 11, fixed: 10 }));
  const withPause = [...even.slice(1), { current: 500, fixed: 10 }];
  expect(methodCost(withPause, 1, 1).ratio).toEqual(methodCost(even, 1, 1).ratio);
});
