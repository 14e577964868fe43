import { expect, it } from 'vitest';
import { linearGrid } from './plan.ts';

it('linearGrid covers every element, within the limits of a dispatch, and is empty for none', () => {
  expect(linearGrid(0)[0] * linearGrid(0)[1]).toBe(0);
  for (const count of [1, 64, 65, 64 * 32_768, 64 * 32_768 + 1, 10 ** 9, 2 ** 32 - 1]) {
    const [x, y, z] = linearGrid(count);
    expect(Math.max(x, y)).toBeLessThanOrEqual(65_535);
    expect(z).toBe(1);
    expect(64 * x * y).toBeGreaterThanOrEqual(count);
    // Not a whole row of workgroups too many.
    expect(64 * x * (y - 1)).toBeLessThan(count);
  }
});
