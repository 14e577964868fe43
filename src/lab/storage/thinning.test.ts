import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KEPT_STRIDE, thinningOrder, thinningSentence } from './thinning.ts';

const first = (steps: number) => Array.from({ length: steps }, (_, step) => step);

it('drops the oldest first, every tenth step last, and the newest never', () => {
  expect(thinningOrder(first(13))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 0, 10]);
  expect(thinningOrder([0, 10, 12, 13, 14])).toEqual([12, 13, 0, 10]);
  expect(thinningOrder([])).toEqual([]);
  expect(thinningOrder([4])).toEqual([]);
});

it('names every step but the newest, once', () => {
  const steps = fc.uniqueArray(fc.nat({ max: 500 }), { minLength: 1 }).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(steps, (kept) => {
      expect(thinningOrder(kept).sort((a, b) => a - b)).toEqual(kept.slice(0, -1));
    }),
  );
});

it('says what it did', () => {
  expect(thinningSentence(0, 100)).toBeNull();
  expect(thinningSentence(7, 256 * 2 ** 20)).toMatch(
    new RegExp(`^The rollouts of 7 .* 256 MiB: .*${KEPT_STRIDE}th .*\\.$`),
  );
});
