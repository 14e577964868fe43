import type { AdamWOptions } from './engine.ts';

/** What each option may be; the guard against broken gradients does not see a broken learning rate. */
const ACCEPTED: Record<keyof AdamWOptions, readonly [words: string, accepts: (value: number) => boolean]> = {
  learningRate: ['0 or above', (x) => x >= 0],
  beta1: ['at least 0 and below 1', (x) => x >= 0 && x < 1],
  beta2: ['at least 0 and below 1', (x) => x >= 0 && x < 1],
  epsilon: ['above 0', (x) => x > 0],
  weightDecay: ['0 or above', (x) => x >= 0],
  clipNorm: ['0 or above', (x) => x >= 0],
};

/** @throws RangeError naming the option that AdamW cannot work with */
export function checkAdamWOptions(options: AdamWOptions): void {
  for (const [name, [words, accepts]] of Object.entries(ACCEPTED)) {
    const value = options[name as keyof AdamWOptions];
    if (value !== undefined && !(Number.isFinite(value) && accepts(value)))
      throw new RangeError(`AdamW's ${name} must be a finite number ${words}, but it is ${value}.`);
  }
}

/** @throws RangeError for a step count that the engines do not count to */
export function checkStepCount(step: number): void {
  if (!Number.isInteger(step) || step < 0 || step > 0xffffffff)
    throw new RangeError(`AdamW's step count must be a whole number from 0 to 2^32 - 1, but it is ${step}.`);
}
