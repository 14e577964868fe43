import { beforeAll, describe, expect, it } from 'vitest';
import { grouped, largestDifference, relativeL2, untied } from '../reference/fixtures.ts';
import { createArena, fillArena } from './arena.ts';
import { startJax, Training } from './training.ts';

beforeAll(startJax);

describe.each([grouped, untied])('jax-js on the fixture $name', ({ config, parameters, batch, coef, ...expected }) => {
  const arena = createArena(config);
  fillArena(config, arena, parameters);

  it('scores as PyTorch does', async () => {
    const training = new Training(config, arena, createArena(config));
    const scores = await training.score(batch);
    expect(largestDifference(scores.logp1, expected.logp1)).toBeLessThan(1e-5);
    expect(largestDifference(scores.logpTau, expected.logpTau)).toBeLessThan(1e-5);
    expect(largestDifference(scores.entropyNats, expected.entropyNats)).toBeLessThan(1e-5);
    training.dispose();
  });

  it('scores and differentiates the same with the head cut into chunks', async () => {
    const gradient = createArena(config);
    // At most 16 tokens' logits at once.
    const training = new Training(config, arena, gradient, 16 * config.vocabulary);
    const scores = await training.score(batch);
    expect(largestDifference(scores.logpTau, expected.logpTau)).toBeLessThan(1e-5);
    const again = await training.accumulate(batch, coef);
    expect(largestDifference(again.logpTau, expected.logpTau)).toBeLessThan(1e-5);
    for (const { name, data } of gradient.entries.values())
      expect(relativeL2(data, expected.gradient.get(name)!.data), name).toBeLessThan(1e-3);
    training.dispose();
  });

  it("finds PyTorch's gradient, with coefficients as an array and as a function of the scores", async () => {
    for (const coefficients of [coef, () => coef]) {
      const gradient = createArena(config);
      const training = new Training(config, arena, gradient);
      const scores = await training.accumulate(batch, coefficients);
      expect(largestDifference(scores.logpTau, expected.logpTau)).toBeLessThan(1e-5);
      for (const { name, data } of gradient.entries.values())
        expect(relativeL2(data, expected.gradient.get(name)!.data), name).toBeLessThan(1e-3);
      training.dispose();
    }
  });
});
