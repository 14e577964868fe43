import { describe, expect, it } from 'vitest';
import { axisFor, placeOn, tickText } from './axis.ts';

describe('an axis', () => {
  it.each([
    [
      [0.129, 0.372],
      [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4],
    ],
    [
      [0, 200],
      [0, 50, 100, 150, 200],
    ],
    [
      [-0.177, 0.042],
      [-0.2, -0.15, -0.1, -0.05, 0, 0.05],
    ],
    [
      [3, 3],
      [3, 4],
    ],
    [
      [0, 0],
      [0, 0.2],
    ],
  ])('over %j has round ticks that hold all of it', (values, ticks) => {
    const axis = axisFor('linear', values);
    expect(axis.ticks).toEqual(ticks);
    expect(placeOn(axis, axis.domain[0])).toBe(0);
    expect(placeOn(axis, axis.domain[1])).toBe(1);
    for (const value of values) expect(value >= axis.domain[0] && value <= axis.domain[1]).toBe(true);
  });

  it('holds what it must', () => expect(axisFor('linear', [0.2, 0.3], [0]).domain[0]).toBe(0));

  it('of logarithms has powers of ten', () => {
    const axis = axisFor('log', [4.7e-7, 0.13]);
    expect(axis.domain).toEqual([1e-7, 1]);
    expect(placeOn(axis, 1e-7)).toBe(0);
    expect(placeOn(axis, 10 ** -3.5)).toBeCloseTo(0.5, 12);
    expect(axis.ticks.every((tick) => Number.isInteger(Math.log10(tick)))).toBe(true);
    expect(axis.ticks.map(tickText)[0]).toBe('1e-7');
  });

  it('of roots makes room for small shares', () => {
    expect(placeOn({ kind: 'root', domain: [0, 1], ticks: [] }, 0.04)).toBeCloseTo(0.2, 12);
  });
});
