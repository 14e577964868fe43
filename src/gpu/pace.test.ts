import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pace } from './pace.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

function run(pace: Pace, units: number, ms: number): void {
  const began = performance.now();
  vi.advanceTimersByTime(ms);
  pace.done(units, began);
}

it('begins with few units, slows down at once and speeds up by doubling', () => {
  const pace = new Pace(100, 4);
  expect(pace.units).toBe(4);
  run(pace, 4, 4);
  expect(pace.units).toBe(8);
  run(pace, 8, 8);
  expect(pace.units).toBe(16);
  run(pace, 16, 1600);
  expect(pace.units).toBe(1);
  run(pace, 1, 1000);
  expect(pace.units).toBe(1);
});

it('does not count the wait behind earlier work', () => {
  const pace = new Pace(100, 10);
  const began = performance.now();
  vi.advanceTimersByTime(100);
  pace.done(10, began);
  vi.advanceTimersByTime(100);
  pace.done(10, began);
  expect(pace.units).toBe(10);
});
