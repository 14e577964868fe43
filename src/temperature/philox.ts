// Philox4x32-10 (Salmon et al., SC'11): a counter-based generator. A draw is a pure function of
// (seed; token index / 4, position, row, stream), so replay needs no state and two temperatures share their noise.
// Integer arithmetic only: the same bits here, in the shader and in the oracle.

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** High 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const lowHigh = aLow * bHigh;
  const highLow = aHigh * bLow;
  const middle = ((aLow * bLow) >>> 16) + (lowHigh & 0xffff) + (highLow & 0xffff);
  return (aHigh * bHigh + (lowHigh >>> 16) + (highLow >>> 16) + (middle >>> 16)) >>> 0;
}

/** The four 32-bit words for a counter and a key, written to `out`. */
export function philox4x32(
  out: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let c0 = counter0 >>> 0;
  let c1 = counter1 >>> 0;
  let c2 = counter2 >>> 0;
  let c3 = counter3 >>> 0;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = mulHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = mulHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/**
 * Where a draw stands: word (index & 3) of philox at counter (index >> 2, position, row, stream), key (seed low, seed high).
 * position counts the tokens that this row has generated so far.
 */
export interface NoiseKey {
  /** A safe integer >= 0; its low and high 32 bits are the key. */
  readonly seed: number;
  /** Which batch of rollouts (training step). */
  readonly stream: number;
}

export function seedWords(seed: number): readonly [low: number, high: number] {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`The seed must be a whole number from 0 to 2^53 - 1, but it is ${seed}.`);
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

/**
 * 32 random bits to v in (0, 1): 23 bits and a half step, the lowest bin refined by the 9 spare bits (down to 2^-33).
 * Every value is an exact normal float32; never 0, never 1.
 */
export function unitInterval(bits: number): number {
  const high = bits >>> 9;
  return high === 0 ? ((bits & 511) + 0.5) * 2 ** -32 : (high + 0.5) * 2 ** -23;
}
