import { describe, expect, test } from 'vitest';
import type { TruncationRule } from '../temperature/schema.ts';
import { truncationCut } from './truncation.ts';

const OFF: TruncationRule = { topK: 0, topP: 1, minP: 0 };
const logs = (...p: number[]) => Float64Array.from(p, Math.log);

/** Indices of the kept tokens. */
function kept(rule: Partial<TruncationRule>, logits: Float64Array, tau = 1): number[] {
  const { cut } = truncationCut({ ...OFF, ...rule }, logits, tau);
  return [...logits.keys()].filter((i) => logits[i]! >= cut);
}

const P = logs(0.05, 0.4, 0.1, 0.3, 0.15);

test('nothing on keeps all', () => {
  expect(kept({}, P)).toEqual([0, 1, 2, 3, 4]);
});

describe('top-k', () => {
  test('keeps the k largest, and all when there are fewer', () => {
    expect(kept({ topK: 2 }, P)).toEqual([1, 3]);
    expect(kept({ topK: 9 }, P)).toEqual([0, 1, 2, 3, 4]);
  });

  test('keeps all that tie with the last', () => {
    expect(kept({ topK: 2 }, Float64Array.of(1, 3, 1, 1, 0))).toEqual([0, 1, 2, 3]);
  });
});

describe('top-p', () => {
  test('keeps the smallest set that reaches the mass', () => {
    expect(kept({ topP: 0.39 }, P)).toEqual([1]);
    expect(kept({ topP: 0.41 }, P)).toEqual([1, 3]);
    expect(kept({ topP: 0.84 }, P)).toEqual([1, 3, 4]);
    expect(kept({ topP: 0.96 }, P)).toEqual([0, 1, 2, 3, 4]);
  });

  test('measures the mass at tau: heat keeps more, cold keeps less', () => {
    expect(kept({ topP: 0.6 }, P, 10)).toEqual([1, 3, 4]);
    expect(kept({ topP: 0.6 }, P, 0.1)).toEqual([1]);
  });

  test('measures the mass of what top-k kept', () => {
    // .4 and .3 share their .7 as .571 and .429.
    expect(kept({ topP: 0.57 }, P)).toEqual([1, 3]);
    expect(kept({ topP: 0.57, topK: 2 }, P)).toEqual([1]);
  });

  test('keeps all that tie with the last', () => {
    expect(kept({ topP: 0.3 }, Float64Array.of(0, 0, 0, -1))).toEqual([0, 1, 2]);
  });
});

describe('min-p', () => {
  test('keeps p >= minP * p_max', () => {
    expect(kept({ minP: 0.3 }, P)).toEqual([1, 3, 4]);
    expect(kept({ minP: 1 }, Float64Array.of(2, 1, 2))).toEqual([0, 2]);
  });

  test('measures p at tau', () => {
    // At tau = 2 the ratios are square roots: sqrt(.05 / .4) = .35.
    expect(kept({ minP: 0.34 }, P, 2)).toEqual([0, 1, 2, 3, 4]);
    expect(kept({ minP: 0.36 }, P, 2)).toEqual([1, 2, 3, 4]);
  });
});

test('the narrowest of the three rules decides', () => {
  expect(kept({ topK: 4, topP: 0.95, minP: 0.5 }, P)).toEqual([1, 3]);
  expect(kept({ topK: 1, topP: 0.95, minP: 0.1 }, P)).toEqual([1]);
});

test('at tau = 0 nothing is cut', () => {
  expect(kept({ topK: 1, topP: 0.1, minP: 0.9 }, P, 0)).toEqual([0, 1, 2, 3, 4]);
});

test('the margin tells how near the edge is', () => {
  expect(truncationCut({ ...OFF, topP: 0.75 }, P, 1).margin).toBeCloseTo(0.05, 12);
  expect(truncationCut({ ...OFF, minP: 0.5 }, P, 1).margin).toBeCloseTo(Math.log(0.2 / 0.15), 12);
  expect(truncationCut({ ...OFF, topK: 2 }, P, 1).margin).toBe(Number.POSITIVE_INFINITY);
});
