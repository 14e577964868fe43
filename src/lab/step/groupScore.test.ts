import { describe, expect, it } from 'vitest';
import { createCpuEngine } from '../../cpu/engine.ts';
import type { RolloutRecord } from '../../grpo/rolloutRecord.ts';
import { parseRunConfig, type RunConfig, type RunConfigInput } from '../../grpo/runConfig.ts';
import { score as scoreStage } from '../../grpo/score.ts';
import { update } from '../../grpo/update.ts';
import { createSettingsStore } from '../settings/store.ts';
import { filledIn, formulaOf } from './formula.ts';
import { branchOf } from './group.ts';
import { branchRecords, branchRuleTau } from './records.ts';
import { createStepRoom } from './room.ts';
import { drawnCheckpoint, stepClient } from './step.testing.ts';

const client = stepClient();
const settings = createSettingsStore();
settings.edit('group', 4);
settings.edit('maxNewTokens', 12);
const room = createStepRoom(settings);
room.attach(client);
await room.sync();
const { config: plain } = settings.getState().settings;
const { group } = room.getState();
const branch = branchOf(group!);

/** Random weights solve nothing, so the rewards are made up. */
async function scoreOf(change: RunConfigInput, updates: number) {
  const config = parseRunConfig({ ...plain, ...change });
  const rollouts = branchRecords(group!, branch, config).map((record, i) => ({ ...record, reward: i === 1 ? 1 : 0 }));
  const ruleTau = branchRuleTau(branch, config);
  const policy = { kind: 'base', task: 'countdown' } as const;
  return { config, score: await client.call('step/score', { policy, config, rollouts, ruleTau, updates }) };
}

const CASES: readonly (readonly [string, RunConfigInput])[] = [
  ['grpo', {}],
  ['dapo', { loss: { variant: 'dapo', overlongShare: null } }],
  ['dr-grpo', { loss: { variant: 'dr-grpo' } }],
  ['gspo', { loss: { variant: 'gspo' } }],
  ['cispo', { loss: { variant: 'cispo' } }],
  ['80/20', { loss: { variant: '80/20', overlongShare: null } }],
  ['archer', { loss: { variant: 'archer' } }],
  ['clip-cov', { loss: { variant: 'clip-cov' } }],
  ['sampled hot, scored at 1', { lossTemperature: { mode: 'sampling-only' } }],
  ['truncated', { lossTemperature: { mode: 'truncated', largestWeight: 1.1 } }],
  ['compensated', { lossTemperature: { compensate: true } }],
];

/** What the trainer itself keeps of the pass that follows `updates` others. */
async function trainerPass(config: RunConfig, rollouts: readonly RolloutRecord[], updates: number) {
  const { config: shape, parameters } = drawnCheckpoint('countdown');
  const engine = await createCpuEngine(shape);
  await engine.loadParameters(parameters);
  const reference = await createCpuEngine(shape);
  await reference.loadParameters(parameters);
  const passes = { ...config, update: { ...config.update, innerEpochs: updates + 1, miniBatches: 1 } };
  const plainRollouts = rollouts.map((record) => ({ ...record, scored: null }));
  const collected = { rollouts: plainRollouts, ruleTau: null, temperatures: {}, metrics: {}, milliseconds: 0 };
  const scored = { ...(await scoreStage({ engine, reference, config, collected }, {})), milliseconds: 0 };
  return (await update({ engine, config: passes, step: 0, scored }, {})).rollouts;
}

describe.each(CASES)('%s', (_, change) => {
  it.each([0, 2])('reads every token as the trainer does after %d updates', async (updates) => {
    const { config, score } = await scoreOf({ ...change, optimizer: { learningRate: 0.002 } }, updates);
    const trainers = await trainerPass(config, score.rollouts, updates);
    const coefficients = score.coefficients!;
    const total = coefficients.flat().reduce((sum, c) => sum + Math.abs(c), 0);
    if (updates === 0) expect(total).toBeGreaterThan(0);
    score.rollouts.forEach(({ scored, ids }, row) => {
      expect(scored).toEqual(trainers[row]!.scored);
      ids.forEach((_id, t) => {
        const filled = filledIn(config, score, row, t);
        if (filled !== null) expect(filled).toBeCloseTo(coefficients[row]![t]!, 9);
        expect(formulaOf(config, score, row, t).map(({ name }) => name)).toEqual(['A', 'r', 'f', 'dL/dlogp']);
      });
    });
  });
});

it('starts with ratios of 1, and moves them by an update', async () => {
  const ratios = ({ rollouts }: Awaited<ReturnType<typeof scoreOf>>['score']) =>
    rollouts.flatMap((o) => o.scored.ratio);
  expect(new Set(ratios((await scoreOf({}, 0)).score))).toEqual(new Set([1]));
  const moved = ratios((await scoreOf({ optimizer: { learningRate: 0.01 } }, 1)).score);
  expect(moved.some((r) => Math.abs(r - 1) > 0.01)).toBe(true);
});

it('fills in the group mean and deviation', async () => {
  const { config, score } = await scoreOf({}, 0);
  expect(formulaOf(config, score, 1, 0)[0]!.numbers).toBe('(1 − 0.25) / (0.5 + 0.0001) = 1.5');
});

it('leaves the policy as it was', async () => {
  const before = branch.strips.map(({ rollout }) => rollout);
  await scoreOf({ optimizer: { learningRate: 0.1 } }, 3);
  await room.rollAgain();
  expect(branchOf(room.getState().group!).strips.map(({ rollout }) => rollout)).toEqual(before);
});

it('audits near 0 on-policy, and far from it where temperatures differ', async () => {
  expect((await scoreOf({}, 0)).score.auditMean).toBeLessThan(1e-5);
  expect((await scoreOf({ lossTemperature: { mode: 'sampling-only' } }, 0)).score.auditMean).toBeGreaterThan(1e-3);
});
