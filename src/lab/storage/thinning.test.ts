import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KEPT_STRIDE, stepsToThin, thinningSentence } from './thinning.ts';

const equal = (steps: number, bytes: number) => Array.from({ length: steps }, (_, step) => ({ step, bytes }));

it('drops nothing that fits', () => {
  expect(stepsToThin(equal(25, 4), 100)).toEqual([]);
  expect(thinningSentence(0, 100)).toBeNull();
});

it('drops the oldest, every tenth step last', () => {
  expect(stepsToThin(equal(25, 4), 84)).toEqual([1, 2, 3, 4]);
  expect(stepsToThin(equal(13, 4), 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 0]);
});

it('keeps the newest step even where that alone is too large', () => {
  expect(stepsToThin(equal(3, 50), 10)).toEqual([1, 0]);
});

it('fits the budget, and drops no more than it must', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 4000 }), (bytes, budget) => {
      const kept = bytes.map((size, step) => ({ step, bytes: size }));
      const thinned = stepsToThin(kept, budget);
      const left = (without: readonly number[]) =>
        kept.filter(({ step }) => !without.includes(step)).reduce((sum, entry) => sum + entry.bytes, 0);
      if (left(thinned) > budget) expect(thinned).toHaveLength(kept.length - 1);
      if (thinned.length > 0) expect(left(thinned.slice(0, -1))).toBeGreaterThan(budget);
    }),
  );
});

it('says what it did', () => {
  expect(thinningSentence(7, 256 * 2 ** 20)).toMatch(
    new RegExp(`^The rollouts of 7 .* 256 MiB: .*${KEPT_STRIDE}th .*\\.$`),
  );
});
