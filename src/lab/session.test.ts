// Node has no WebGPU, so this is the page's way on a machine without a GPU.

import { expect, it } from 'vitest';
import type { RollQuestion } from './protocol.ts';
import { Session } from './session.ts';
import { INITIAL_SETTINGS, rollQuestion } from './settings.ts';
import { GLYPHS } from './specimen.ts';
import { temperedProbabilities } from './tempered.ts';

const session = new Session((sentence) => {
  throw new Error(sentence);
});
const question: RollQuestion = rollQuestion({ ...INITIAL_SETTINGS, tauHigh: 1.5, tauLow: 0.5 });

it('opens the CPU engine where there is no WebGPU, and says why', async () => {
  const description = await session.answer({ ask: 'open' });
  expect(description).toMatchObject({ backend: 'cpu', adapter: expect.stringMatching(/\S/) });
  expect(description.notice).toMatch(/^This browser has no WebGPU: .*\.$/);
});

it('records every token of every rollout, hot above the threshold and cold elsewhere', async () => {
  const rollouts = await session.answer(question);
  expect(rollouts.map(({ ids }) => ids.length)).toEqual(Array(question.rows).fill(question.tokens));
  for (const { hot, tau, entropyNats, thresholdNats } of rollouts)
    hot.forEach((isHot, i) => {
      expect(isHot).toBe(entropyNats[i]! > thresholdNats[i]! ? 1 : 0);
      expect(tau[i]).toBe(isHot === 1 ? 1.5 : 0.5);
    });
  expect(rollouts.some(({ hot }) => hot.includes(1))).toBe(true);
  expect(rollouts.some(({ hot }) => hot.includes(0))).toBe(true);
});

it('gives the distribution that a token was drawn from', async () => {
  const [rollout] = await session.answer(question);
  const { promptIds, ids, logp1, logpTau, tau, entropyNats } = rollout!;
  for (const index of [0, 5, 17]) {
    const prefix = [...promptIds, ...ids.subarray(0, index)];
    const distribution = await session.answer({ ask: 'distribution', ids: prefix });
    expect(distribution).toHaveLength(GLYPHS.length);
    const raw = temperedProbabilities(distribution, 1);
    expect(raw.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect(-raw.reduce((sum, p) => sum + p * Math.log(p), 0)).toBeCloseTo(entropyNats[index]!, 4);
    expect(distribution[ids[index]!]).toBeCloseTo(logp1[index]!, 4);
    expect(Math.log(temperedProbabilities(distribution, tau[index]!)[ids[index]!]!)).toBeCloseTo(logpTau[index]!, 4);
  }
});

it('refuses settings that cannot be sampled with, in a sentence', async () => {
  const sampler = { temperature: { rule: 'binary', high: -1, low: 1 } } as const;
  await expect(session.answer({ ...question, sampler })).rejects.toThrow(/a temperature must not be negative/);
});
