import { expect, it } from 'vitest';
import { taskByName } from '../../tasks/index.ts';
import { parseSamplerConfig, type SamplerConfigInput } from '../../temperature/config.ts';
import type { RollInput } from './calls.ts';
import { tokenizerOf } from './posed.ts';
import { queueWindow } from './queueWindow.ts';
import { stepClient } from './step.testing.ts';

const policy = { kind: 'base', task: 'countdown' } as const;
const client = stepClient();

const view = await client.call('step/open', { policy });
const promptIds = tokenizerOf(view).encode('3 5 7>22.');

const order = (sampler: SamplerConfigInput, more: Partial<RollInput> = {}): RollInput => ({
  policy,
  promptIds,
  rollouts: 3,
  maxNewTokens: 12,
  stop: taskByName('countdown').stop,
  sampler: parseSamplerConfig(sampler),
  seed: 3,
  stream: 0,
  forced: Array.from({ length: 3 }, () => new Int32Array()),
  queuesBefore: [],
  ...more,
});

it('describes the policy', () => {
  expect(view.tokens).toHaveLength(view.config.vocabulary);
  expect(view.special).toEqual(['<pad>']);
});

it('gives the distribution that the sampler drew from', async () => {
  const { rollouts } = await client.call('step/roll', order({}));
  const { ids, logp1 } = rollouts[1]!;
  const at = 4;
  const found = await client.call('step/distribution', {
    policy,
    ids: Int32Array.from([...promptIds, ...ids.subarray(0, at)]),
  });
  expect(found.version).toBe(view.version);
  expect(found.logp1.reduce((sum, l) => sum + Math.exp(l), 0)).toBeCloseTo(1, 5);
  expect(found.logp1[ids[at]!]).toBeCloseTo(logp1[at]!, 4);
});

it('has the oracle agree with the engine, truncation included', async () => {
  const truncation = { topK: 5, topP: 0.9, minP: 0.02 };
  const { rollouts } = await client.call('step/roll', order({ truncation }));
  const { ids, tau, logp1, logpTau, entropyNats } = rollouts[0]!;
  const at = 3;
  const oracle = await client.call('step/oracle', {
    policy,
    ids: Int32Array.from([...promptIds, ...ids.subarray(0, at + 1)]),
    tau: tau[at]!,
    truncation: { ...parseSamplerConfig({ truncation }).truncation },
  });
  expect(oracle.entropyNats).toBeCloseTo(entropyNats[at]!, 4);
  expect(oracle.logp1).toBeCloseTo(logp1[at]!, 4);
  expect(oracle.logpTau).toBeCloseTo(logpTau[at]!, 4);
});

it('starts every take from the queues it is given, not from what the take before left', async () => {
  const sampler: SamplerConfigInput = { queue: { capacity: 20, keep: true } };
  const first = await client.call('step/roll', order(sampler));
  const again = await client.call('step/roll', order(sampler));
  expect(again.rollouts).toEqual(first.rollouts);
  const goesOn = await client.call('step/roll', order(sampler, { queuesBefore: first.queuesAfter }));
  expect(goesOn.rollouts[0]!.queueLength[0]).toBe(20);
});

it.each<SamplerConfigInput>([
  { queue: { capacity: 7 } },
  {
    queue: { capacity: 1000, scope: 'prompt', order: 'threshold-first' },
    threshold: { rule: 'top-p', hotFraction: 0.3 },
  },
  { queue: { capacity: 5, scope: 'rollout' }, threshold: { rule: 'floored', coldFraction: 0.7, floorNats: 1.5 } },
  { queue: { capacity: 30, keep: true } },
])('fills the queues again as the sampler did: %j', async (sampler) => {
  const queuesBefore = sampler.queue?.keep === true ? [Float32Array.of(0.5, 1.25, 2)] : [];
  const { rollouts } = await client.call('step/roll', order(sampler, { queuesBefore }));
  const history = { sampler: parseSamplerConfig(sampler), queuesBefore, rollouts };
  for (const { row, ids, thresholdNats, queueLength } of rollouts)
    ids.forEach((_, index) => {
      const window = queueWindow(history, row, index);
      expect(window.entropies).toHaveLength(queueLength[index]!);
      expect(window.thresholdNats).toBe(thresholdNats[index]!);
    });
});

it('refuses a prompt that is too long in one sentence', async () => {
  await expect(client.call('step/roll', order({}, { maxNewTokens: 400 }))).rejects.toThrow(
    'Row 0 needs 9 + 400 positions, but this policy takes at most 256.',
  );
});
