import { philox4x32, seedWords } from '../temperature/philox.ts';
import type { RandomSource } from './task.ts';

/** Largest multiple of `below` that 32 bits hold: words above it are drawn again, so that every number is as likely. */
function acceptedWords(below: number): number {
  return Math.floor(2 ** 32 / below) * below;
}

/**
 * A source of draws for item `index` of a stream: the same (seed, index) gives the same draws, whatever was drawn before.
 * @throws RangeError for a seed that is not a safe whole number >= 0
 */
export function randomSource(seed: number, index: number): RandomSource {
  const [low, high] = seedWords(seed);
  const words = new Uint32Array(4);
  let drawn = 0;
  const word = () => {
    if (drawn % 4 === 0) philox4x32(words, drawn / 4, index >>> 0, Math.floor(index / 2 ** 32), 0x7461736b, low, high);
    return words[drawn++ % 4]!;
  };
  return {
    below: (below) => {
      if (!Number.isInteger(below) || below < 1 || below > 2 ** 32)
        throw new RangeError(`A draw needs a whole number of choices from 1 to 2^32, but got ${below}.`);
      const accepted = acceptedWords(below);
      let value = word();
      while (value >= accepted) value = word();
      return value % below;
    },
  };
}

/** One of `items`, each as likely. */
export function pick<T>(items: readonly T[], random: RandomSource): T {
  return items[random.below(items.length)]!;
}
