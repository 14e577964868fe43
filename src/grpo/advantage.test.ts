import { describe, expect, it } from 'vitest';
import { groupAdvantages, isWorthUpdate, overlongPenalty } from './advantage.ts';

describe('groupAdvantages', () => {
  // Group 7 holds rewards 1, 0, 0, 1 (mean .5, std sqrt(1/3)); group 3 holds 2, 0 (mean 1, std sqrt 2); interleaved.
  const rewards = [1, 2, 0, 0, 0, 1];
  const group = [7, 3, 7, 7, 3, 7];

  it('divides by the standard deviation for GRPO', () => {
    const { advantage, groups } = groupAdvantages(rewards, group, 'std');
    const a = 0.5 / (Math.sqrt(1 / 3) + 1e-4);
    const b = 1 / (Math.SQRT2 + 1e-4);
    [a, b, -a, -a, -b, a].forEach((value, i) => {
      expect(advantage[i]).toBeCloseTo(value, 14);
    });
    expect(groups.map(({ group: id, size, mean, isDead }) => [id, size, mean, isDead])).toEqual([
      [7, 4, 0.5, false],
      [3, 2, 1, false],
    ]);
  });

  it('only centres for Dr. GRPO', () =>
    expect([...groupAdvantages(rewards, group, 'none').advantage]).toEqual([0.5, 1, -0.5, -0.5, -1, 0.5]));

  it('gives exactly 0 in a dead group, whatever rounding does to the mean', () => {
    for (const scale of ['std', 'none'] as const) {
      const { advantage, groups } = groupAdvantages([0.1, 0.1, 0.1, 5], [0, 0, 0, 1], scale);
      expect([...advantage]).toEqual([0, 0, 0, 0]);
      expect(groups.map((g) => [g.std, g.isDead])).toEqual([
        [0, true],
        [0, true],
      ]);
    }
  });

  it('refuses rewards that are not finite and lengths that differ', () => {
    expect(() => groupAdvantages([1, Number.NaN], [0, 0], 'std')).toThrow(/Rollout 1/);
    expect(() => groupAdvantages([1], [0, 0], 'std')).toThrow(/1 rewards but 2/);
  });
});

describe('overlongPenalty', () => {
  it.each([
    [1, 0],
    [80, 0],
    [81, -0.05],
    [90, -0.5],
    [100, -1],
    [101, -1],
    [500, -1],
  ])('of %i tokens with Lmax 100 and Lc 20 is %f', (length, penalty) => {
    expect(overlongPenalty(length, 100)).toBeCloseTo(penalty, 14);
  });
  it('takes another cache', () => expect(overlongPenalty(75, 100, 50)).toBe(-0.5));
  it('refuses an empty cache', () => expect(() => overlongPenalty(5, 10, 0)).toThrow(RangeError));
});

describe('isWorthUpdate', () => {
  it.each([
    [0, false],
    [1, true],
    [7, true],
    [8, false],
  ])('with %i of 8 correct is %s', (correct, expected) => {
    expect(isWorthUpdate(correct, 8)).toBe(expected);
  });
});
