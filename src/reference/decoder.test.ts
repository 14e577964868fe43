import { describe, expect, test } from 'vitest';
import type { PolicyConfig } from '../policy/config.ts';
import type { TokenBatch } from '../policy/engine.ts';
import { parameterShapes } from '../policy/parameters.ts';
import { forward, type Weights, zeroWeights } from './decoder.ts';
import { accumulateGradient, score } from './scores.ts';

/** Two layers, grouped queries, an MLP width and a vocabulary that are no multiples of anything. */
const SMALL: PolicyConfig = {
  layers: 2,
  width: 12,
  heads: 4,
  kvHeads: 2,
  headWidth: 4,
  mlpWidth: 10,
  vocabulary: 11,
  tied: true,
  ropeTheta: 100,
  rmsEpsilon: 1e-5,
  maxPositions: 16,
};

/** Repeatable numbers in (-1, 1): the fractional parts of multiples of the golden ratio. */
function spread(n: number): number {
  return 2 * ((n * 0.6180339887498949) % 1) - 1;
}

/** Weights of a size at which every operation is well away from linear; gains about 1. */
function weightsFor(c: PolicyConfig): Weights {
  const weights = zeroWeights(c);
  let n = 1;
  for (const { name } of parameterShapes(c)) {
    const data = weights.get(name)!;
    for (let i = 0; i < data.length; i++) data[i] = (name.includes('norm') ? 1 : 0) + 0.5 * spread(n++);
  }
  return weights;
}

const BATCH: TokenBatch = {
  ids: Int32Array.of(1, 5, 10, 5, 0, 7, 7, 3, 9, 2, 4),
  rowStart: Int32Array.of(0, 5, 6, 11),
  tau: Float32Array.of(1, 0.5, 1, 1.5, 2, 1, 1, 0.75, 1.25, 1, 0.5),
};
const COEF = Float64Array.from(BATCH.ids, (_, i) => spread(i + 900));

function loss(c: PolicyConfig, w: Weights): number {
  return score(c, w, BATCH).logpTau.reduce((sum, logp, i) => sum + COEF[i]! * logp, 0);
}

describe.each([true, false])('finite differences of the whole policy, tied: %s', (tied) => {
  const c = { ...SMALL, tied };
  const w = weightsFor(c);
  const gradient = zeroWeights(c);
  accumulateGradient(c, w, BATCH, COEF, gradient);

  test.each(parameterShapes(c).map(({ name }) => name))('%s', (name) => {
    const data = w.get(name)!;
    const analytic = gradient.get(name)!;
    // A central difference of fourth order: its error (about h^4) and the rounding (about 1e-15 / h) stay near 1e-12.
    const h = 1e-3;
    const numeric = data.map((kept, i) => {
      const at = (x: number) => {
        data[i] = x;
        return loss(c, w);
      };
      const slope = (8 * (at(kept + h) - at(kept - h)) - (at(kept + 2 * h) - at(kept - 2 * h))) / (12 * h);
      data[i] = kept;
      return slope;
    });
    const error = Math.hypot(...analytic.map((g, i) => g - numeric[i]!));
    // The key bias moves all scores of a query alike up to RoPE, so its gradient is small but not zero.
    expect(Math.hypot(...analytic)).toBeGreaterThan(1e-4);
    expect(error / Math.hypot(...analytic)).toBeLessThan(1e-6);
  });
});

test('decoding token by token with cached keys and values gives the logits of the full forward', () => {
  const w = weightsFor(SMALL);
  const ids = Int32Array.of(3, 1, 4, 1, 5, 9, 2, 6);
  const full = forward(SMALL, w, ids).logits;
  let trace = forward(SMALL, w, ids.subarray(0, 3));
  for (let t = 3; t < ids.length; t++) {
    trace = forward(SMALL, w, ids.subarray(t, t + 1), trace);
    const expected = full.subarray(t * SMALL.vocabulary, (t + 1) * SMALL.vocabulary);
    trace.logits.forEach((z, i) => {
      expect(z).toBeCloseTo(expected[i]!, 12);
    });
  }
});

test('a token does not see later tokens', () => {
  const w = weightsFor(SMALL);
  const a = forward(SMALL, w, Int32Array.of(1, 2, 3, 4)).logits.subarray(0, 3 * SMALL.vocabulary);
  const b = forward(SMALL, w, Int32Array.of(1, 2, 3, 9)).logits.subarray(0, 3 * SMALL.vocabulary);
  expect(a).toEqual(b);
});

test('a row alone scores as in a batch, and a token id outside the vocabulary is refused', () => {
  const w = weightsFor(SMALL);
  const batch = score(SMALL, w, BATCH);
  const alone = score(SMALL, w, {
    ids: BATCH.ids.slice(6),
    rowStart: Int32Array.of(0, 5),
    tau: BATCH.tau.slice(6),
  });
  expect(batch.logpTau.slice(6)).toEqual(alone.logpTau);
  expect(batch.logpTau[5]).toBe(0);
  expect(() => forward(SMALL, w, Int32Array.of(11))).toThrow('The token id 11 is not in the vocabulary of 11 tokens.');
});

test('scoring at a temperature of 0 is refused', () => {
  const batch = { ids: Int32Array.of(1, 2), rowStart: Int32Array.of(0, 2), tau: Float32Array.of(1, 0) };
  expect(() => score(SMALL, weightsFor(SMALL), batch)).toThrow('row 0 asks for 0');
});
