import { expect, it } from 'vitest';
import { stepClient } from '../step/step.testing.ts';
import { temperedProbabilities } from '../tempered.ts';
import { entropyOf } from './entropy.ts';
import { createLearnStore, GROUP } from './store.ts';

const PATIENCE = { timeout: 60_000 };

function opened() {
  const store = createLearnStore();
  store.attach(stepClient());
  store.open('countdown');
  return store;
}

it('shows the worked example and the distribution at the place that is looked at', async () => {
  const store = opened();
  await expect.poll(() => store.getState().logp1, PATIENCE).not.toBeNull();
  const first = store.getState();
  expect(first.prompt + first.completion).toBe('3 5 7>22.3*5=15;15+7=22.');
  expect(first.roles[0]).toBe('fork');
  const p = temperedProbabilities(first.logp1!, 1);
  expect(p).toHaveLength(first.tokens.length);
  expect(entropyOf(p)).toBeGreaterThan(0);
  store.look(5);
  expect(store.getState()).toMatchObject({ place: 5, logp1: null });
  await expect.poll(() => store.getState().logp1, PATIENCE).not.toBeNull();
  expect(store.getState().logp1).not.toEqual(first.logp1);
});

it('samples a group and judges it, and another one when asked', async () => {
  const store = opened();
  await expect.poll(() => store.getState().group.length, PATIENCE).toBe(GROUP);
  const { group, groupPrompt } = store.getState();
  for (const { text, entropyNats, roles, reward } of group) {
    expect(entropyNats).toHaveLength(text.length);
    expect(roles).toHaveLength(text.length);
    expect([0, 1]).toContain(reward);
  }
  store.sampleAnother();
  await expect.poll(() => store.getState().groupPrompt, PATIENCE).not.toBe(groupPrompt);
});

it('says in a sentence what it cannot show', async () => {
  const store = createLearnStore();
  const client = stepClient();
  client.end('The engine stopped.');
  store.attach(client);
  store.open('countdown');
  await expect.poll(() => store.getState().failure, PATIENCE).toBe('The engine stopped.');
});

it('has entropies between certainty and indifference', () => {
  expect(entropyOf(Float64Array.of(1, 0, 0))).toBe(0);
  expect(entropyOf(Float64Array.of(0.25, 0.25, 0.25, 0.25))).toBeCloseTo(Math.log(4), 12);
});
