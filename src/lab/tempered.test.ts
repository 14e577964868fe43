import { expect, it } from 'vitest';
import { temperedProbabilities } from './tempered.ts';

const logp1 = Float32Array.of(Math.log(0.5), Math.log(0.125), Math.log(0.375));

it('gives back the probabilities at tau 1', () => {
  const p = temperedProbabilities(logp1, 1);
  [0.5, 0.125, 0.375].forEach((expected, id) => {
    expect(p[id]).toBeCloseTo(expected, 6);
  });
});

it('takes the power 1 / tau: at tau 1/2 the squares, normalised', () => {
  const p = temperedProbabilities(logp1, 0.5);
  const squares = [16, 1, 9];
  squares.forEach((square, id) => {
    expect(p[id]).toBeCloseTo(square / 26, 6);
  });
});

it('is argmax at tau 0, the smallest index of equals, and survives impossible tokens', () => {
  expect([...temperedProbabilities(Float32Array.of(-2, -1, -1), 0)]).toEqual([0, 1, 0]);
  const p = temperedProbabilities(Float32Array.of(Number.NEGATIVE_INFINITY, 0), 1.5);
  expect([...p]).toEqual([0, 1]);
});
