// The draw, as an exponential race: with w = exp((z - max) / tau) and E ~ Exp(1), the token of least E / w is
// distributed as softmax(z / tau). The noise does not depend on tau, so two temperatures share it.

import { type NoiseKey, philox4x32, seedWords, unitInterval } from '../temperature/philox.ts';
import { type Distribution, type Logits, largestLogit } from './distribution.ts';

export interface Winner {
  readonly token: number;
  /** (second-best key - best key) / best key; Infinity where there was nothing to race. */
  readonly margin: number;
}

/** Draws the token of a row that has generated `position` tokens so far. */
export function race(
  logits: Logits,
  { tau, cut }: Distribution,
  noise: NoiseKey,
  row: number,
  position: number,
): Winner {
  const largest = largestLogit(logits);
  if (tau === 0) return { token: logits.indexOf(largest), margin: Number.POSITIVE_INFINITY };

  const [keyLow, keyHigh] = seedWords(noise.seed);
  const words = new Uint32Array(4);
  let token = -1;
  let best = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    if (i % 4 === 0) philox4x32(words, i / 4, position, row, noise.stream, keyLow, keyHigh);
    if (logits[i]! < cut) continue;
    const E = -Math.log1p(-unitInterval(words[i % 4]!));
    const key = E / Math.exp((logits[i]! - largest) / tau);
    // Strictly less: of equal keys the smaller index wins.
    if (key < best) {
      second = best;
      best = key;
      token = i;
    } else second = Math.min(second, key);
  }
  return { token, margin: second / best - 1 };
}
