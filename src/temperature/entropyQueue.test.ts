import { describe, expect, it } from 'vitest';
import { EntropyQueue } from './entropyQueue.ts';
import { thresholdNats } from './threshold.ts';

/** The same queue by sorting a list. */
function sortedWindow(entropies: readonly number[], capacity: number): number[] {
  return entropies.slice(-capacity).sort((a, b) => a - b);
}

describe('EntropyQueue', () => {
  it.each([1, 2, 7, 64, 100, 1000])('keeps the newest %i entropies in order', (capacity) => {
    const queue = new EntropyQueue(capacity);
    const pushed: number[] = [];
    for (let step = 0; step < 60; step++) {
      // Few distinct values, so that equal ones are dropped and added together.
      const added = Float32Array.from({ length: (step * 5) % 17 }, (_, i) => ((step * 31 + i * 17) % 23) / 8);
      queue.push(added);
      pushed.push(...added);
      const window = sortedWindow(pushed, capacity);
      expect(queue.length).toBe(window.length);
      expect(Array.from(queue.read())).toEqual(pushed.slice(-capacity));
      if (window.length === 0) continue;
      for (const hotFraction of [0, 0.25, 0.4, 1])
        expect(thresholdNats({ rule: 'top-p', hotFraction }, queue)).toBe(
          window[Math.floor(((1 - hotFraction) * 10_000 * (window.length - 1)) / 10_000)],
        );
      const H = window[window.length >> 1]!;
      const below = window.filter((q) => q < H).length;
      const equal = window.filter((q) => q === H).length;
      expect(queue.midrank(H, 'threshold-first')).toBe((below + equal / 2) / window.length);
    }
  });

  it('starts from the newest of what it is given', () => {
    const queue = new EntropyQueue(3, [5, 1, 2, 3]);
    expect(Array.from(queue.read())).toEqual([1, 2, 3]);
    expect(thresholdNats({ rule: 'quantile', coldFraction: 0.25 }, queue)).toBe(1.5);
    queue.push(Float32Array.of(0));
    expect(thresholdNats({ rule: 'quantile', coldFraction: 0 }, queue)).toBe(0);
  });

  it('has no threshold while it is empty', () => {
    expect(thresholdNats({ rule: 'absolute', nats: 1 }, new EntropyQueue(5))).toBeNaN();
  });
});
