import { expect, it } from 'vitest';
import { checkAdamWOptions, checkStepCount } from './adamwOptions.ts';

it('accepts usual options, and those at the edges', () => {
  for (const options of [
    { learningRate: 1e-3 },
    { learningRate: 0, beta1: 0, beta2: 0, epsilon: 1e-30, weightDecay: 0, clipNorm: 0 },
    { learningRate: 5, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, clipNorm: 1 },
  ])
    expect(() => checkAdamWOptions(options)).not.toThrow();
  for (const step of [0, 1, 2 ** 32 - 1]) expect(() => checkStepCount(step)).not.toThrow();
});

it.each([
  ['learningRate', Number.NaN, "AdamW's learningRate must be a finite number 0 or above, but it is NaN."],
  ['learningRate', -1e-3, "AdamW's learningRate must be a finite number 0 or above, but it is -0.001."],
  ['learningRate', Number.POSITIVE_INFINITY, "AdamW's learningRate must be a finite number 0 or above"],
  ['beta1', 1, "AdamW's beta1 must be a finite number at least 0 and below 1, but it is 1."],
  ['beta2', -0.1, "AdamW's beta2 must be a finite number at least 0 and below 1, but it is -0.1."],
  ['epsilon', 0, "AdamW's epsilon must be a finite number above 0, but it is 0."],
  ['weightDecay', Number.NaN, "AdamW's weightDecay must be a finite number 0 or above, but it is NaN."],
  ['clipNorm', -1, "AdamW's clipNorm must be a finite number 0 or above, but it is -1."],
] as const)('refuses %s = %d in a sentence', (name, value, sentence) => {
  expect(() => checkAdamWOptions({ learningRate: 1e-3, [name]: value })).toThrow(sentence);
});

it.each([-1, 0.5, Number.NaN, 2 ** 32])('refuses a step count of %d in a sentence', (step) => {
  expect(() => checkStepCount(step)).toThrow(
    `AdamW's step count must be a whole number from 0 to 2^32 - 1, but it is ${step}.`,
  );
});
