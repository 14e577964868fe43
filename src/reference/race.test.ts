import { describe, expect, test } from 'vitest';
import { philox4x32, seedWords, unitInterval } from '../temperature/philox.ts';
import { logProbability, probabilities, softmaxEntropyNats, UNTEMPERED } from './distribution.ts';
import { race } from './race.ts';

const LOGITS = Float64Array.of(0.3, -1.2, 2.1, 0.9, -0.4, 1.7, -3, 0, 1.1, 0.6);
const NOISE = { seed: 20_251_008_892, stream: 3 };
const DRAWS = 20_000;

/** Pearson's statistic of the draws of rows 0 .. DRAWS - 1 at one position, and its degrees of freedom. */
function chiSquare(tau: number, cut: number): { statistic: number; freedom: number } {
  const counts = new Float64Array(LOGITS.length);
  for (let row = 0; row < DRAWS; row++) counts[race(LOGITS, { tau, cut }, NOISE, row, 5).token]! += 1;
  let statistic = 0;
  let freedom = -1;
  probabilities(LOGITS, { tau, cut }).forEach((p, i) => {
    if (p === 0) {
      expect(counts[i]).toBe(0);
      return;
    }
    statistic += (counts[i]! - DRAWS * p) ** 2 / (DRAWS * p);
    freedom += 1;
  });
  return { statistic, freedom };
}

describe('the race draws softmax(z / tau)', () => {
  // Upper .001 points of chi-square for 9 and 4 degrees of freedom; the seeds are fixed, so the test is repeatable.
  test.each([0.5, 1, 2])('tau = %s', (tau) => {
    const { statistic, freedom } = chiSquare(tau, Number.NEGATIVE_INFINITY);
    expect(freedom).toBe(9);
    expect(statistic).toBeLessThan(27.88);
  });

  test('over the kept tokens only', () => {
    const { statistic, freedom } = chiSquare(1.3, 0.5);
    expect(freedom).toBe(4);
    expect(statistic).toBeLessThan(18.47);
  });

  test('and the test would see a wrong temperature', () => {
    const counts = new Float64Array(LOGITS.length);
    for (let row = 0; row < DRAWS; row++) counts[race(LOGITS, UNTEMPERED, NOISE, row, 5).token]! += 1;
    const p = probabilities(LOGITS, { ...UNTEMPERED, tau: 1.1 });
    expect(counts.reduce((sum, n, i) => sum + (n - DRAWS * p[i]!) ** 2 / (DRAWS * p[i]!), 0)).toBeGreaterThan(27.88);
  });
});

test('all temperatures share the noise: the colder draw never has the smaller logit', () => {
  let differ = 0;
  for (let row = 0; row < 2000; row++) {
    const cold = race(LOGITS, { ...UNTEMPERED, tau: 0.7 }, NOISE, row, 0).token;
    const hot = race(LOGITS, { ...UNTEMPERED, tau: 1.6 }, NOISE, row, 0).token;
    expect(LOGITS[cold]).toBeGreaterThanOrEqual(LOGITS[hot]!);
    if (cold !== hot) differ++;
  }
  expect(differ).toBeGreaterThan(100);
});

test('seed, stream, row and position each give other noise, and the same ones the same', () => {
  const flat = new Float64Array(4096);
  const draw = (seed: number, stream: number, row: number, position: number) =>
    race(flat, UNTEMPERED, { seed, stream }, row, position).token;
  const draws = [draw(1, 2, 3, 4), draw(2 ** 32 + 1, 2, 3, 4), draw(1, 3, 3, 4), draw(1, 2, 4, 4), draw(1, 2, 3, 5)];
  expect(new Set(draws).size).toBe(5);
  expect(draw(1, 2, 3, 4)).toBe(draws[0]);
});

test('the noise of token i is word i mod 4 at counter (floor(i / 4), position, row, stream), key = seed', () => {
  const position = 5;
  const row = 9;
  const words = new Uint32Array(4);
  const [low, high] = seedWords(NOISE.seed);
  const keys = Array.from(LOGITS, (z, i) => {
    philox4x32(words, Math.floor(i / 4), position, row, NOISE.stream, low, high);
    return -Math.log1p(-unitInterval(words[i % 4]!)) / Math.exp(z / 0.9);
  });
  const [best, second] = keys.toSorted((a, b) => a - b);
  const winner = race(LOGITS, { ...UNTEMPERED, tau: 0.9 }, NOISE, row, position);
  expect(winner.token).toBe(keys.indexOf(best!));
  expect(winner.margin).toBeCloseTo(second! / best! - 1, 12);
});

test('of equal keys the smaller index wins', () => {
  // Found by search: of 32 768 equal logits the two best drew the same number.
  const flat = new Float64Array(32_768);
  const draw = () => race(flat, UNTEMPERED, { seed: 1, stream: 0 }, 119, 0);
  const first = draw();
  expect(first.margin).toBe(0);
  flat[first.token] = Number.NEGATIVE_INFINITY;
  expect(draw().token).toBeGreaterThan(first.token);
});

test('tau = 0 takes the first of the largest logits', () => {
  expect(race(Float64Array.of(1, 5, 5, 2), { ...UNTEMPERED, tau: 0 }, NOISE, 0, 0).token).toBe(1);
});

test('the margin is the relative gap of the two best keys', () => {
  // Doubling the weight of the winner halves its key, whatever the noise: 1 + margin doubles.
  const before = race(LOGITS, UNTEMPERED, NOISE, 1, 1);
  const raised = LOGITS.slice();
  raised[before.token]! += Math.log(2);
  const after = race(raised, UNTEMPERED, NOISE, 1, 1);
  expect(after.token).toBe(before.token);
  expect((1 + after.margin) / (1 + before.margin)).toBeCloseTo(2, 12);
});

describe('distributions', () => {
  test('entropy: ln V when flat, 0 when certain, and impossible tokens add nothing', () => {
    expect(softmaxEntropyNats(new Float64Array(7))).toBeCloseTo(Math.log(7), 14);
    expect(softmaxEntropyNats(Float64Array.of(0, 900))).toBe(0);
    expect(softmaxEntropyNats(Float64Array.of(4, Number.NEGATIVE_INFINITY, 4))).toBeCloseTo(Math.LN2, 14);
    const p = probabilities(LOGITS, UNTEMPERED);
    expect(softmaxEntropyNats(LOGITS)).toBeCloseTo(-p.reduce((sum, x) => sum + x * Math.log(x), 0), 14);
  });

  test('log-probs of the kept tokens sum to 1; a cut token has none', () => {
    const distribution = { tau: 0.8, cut: 0.5 };
    const p = Float64Array.from(LOGITS, (_, i) => Math.exp(logProbability(LOGITS, distribution, i)));
    expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 14);
    expect(p).toEqual(probabilities(LOGITS, distribution).map((x, i) => (x === 0 ? 0 : p[i]!)));
    expect(logProbability(LOGITS, distribution, 0)).toBe(Number.NEGATIVE_INFINITY);
    expect(() => logProbability(LOGITS, distribution, 10)).toThrow('The token id 10 is not in the vocabulary of 10.');
  });
});
