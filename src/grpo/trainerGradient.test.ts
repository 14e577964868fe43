// The trainer's gradient, on the CPU engine, against the papers' formulas in float64 on the batch that it recorded; in
// the second of two inner epochs, where ratios are not 1 and the policy is not its reference.

import { expect, it } from 'vitest';
import { createCpuEngine } from '../cpu/engine.ts';
import { relativeL2 } from '../reference/fixtures.ts';
import * as oracle from '../reference/objectives.ts';
import { CLIP_SIDE } from './loss.ts';
import type { LossConfigInput } from './lossConfig.ts';
import type { RolloutRecord } from './rolloutRecord.ts';
import type { RunConfigInput } from './runConfig.ts';
import { type Objective, type OracleRequest, oracleGradient } from './stepOracle.testing.ts';
import { flat, logged, PARAMETERS, testConfig, testTrainer } from './trainer.testing.ts';

const MAX_NEW_TOKENS = 7;
/** Of the CPU engine's gradient, L2. */
const TOLERANCE = 2e-5;

async function secondPass(input: RunConfigInput) {
  const { makeEngine, log } = logged(createCpuEngine);
  const config = testConfig({ update: { innerEpochs: 2 }, ...input });
  const { trainer } = await testTrainer(makeEngine, config);
  const { rollouts, metrics } = await trainer.runStep();
  expect(log.gradients.length).toBe(2);
  return { rollouts, metrics, now: log.parameters[1]!, gradient: log.gradients[1]!, first: log.gradients[0]! };
}

async function expectGradient(
  input: RunConfigInput,
  objectiveOf: (rollouts: readonly RolloutRecord[]) => Objective,
  request: (rollouts: readonly RolloutRecord[]) => Partial<OracleRequest> = () => ({}),
): Promise<void> {
  const { rollouts, metrics, now, gradient, first } = await secondPass(input);
  const expected = await oracleGradient(objectiveOf(rollouts), {
    rollouts,
    before: PARAMETERS,
    now,
    ...request(rollouts),
  });
  expect(relativeL2(flat(gradient), flat(expected.gradient))).toBeLessThan(TOLERANCE);
  // The first pass had another gradient, and some ratio has moved.
  expect(relativeL2(flat(gradient), flat(first))).toBeGreaterThan(0.01);
  const ratios = expected.responses.flatMap((o) => o.logpNew.map((logp, t) => Math.exp(logp - o.logpOld[t]!)));
  rollouts
    .flatMap(({ scored }) => scored!.ratio)
    .forEach((ratio, i) => {
      if (input.loss?.ratio === undefined && input.loss?.variant !== 'gspo') expect(ratio).toBeCloseTo(ratios[i]!, 4);
    });
  expect(metrics['update/skipped']).toBe(0);
  // The clips of these variants are narrow enough to hold something back.
  if (['grpo', 'dapo', 'gspo', 'cispo', '80/20'].includes(input.loss?.variant ?? 'grpo'))
    expect(metrics['clip_ratio/region_mean']).toBeGreaterThan(0.02);
}

const droppedOf = (rollouts: readonly RolloutRecord[]) =>
  new Set(
    rollouts.flatMap(({ scored }) => scored!.clipSide).flatMap((side, i) => (side === CLIP_SIDE.covariance ? [i] : [])),
  );

/** The variants keep every group here, so that the batch is the same for all. */
const one = { generationBatches: 1 } as const;

it.each<[LossConfigInput, (rollouts: readonly RolloutRecord[]) => Objective]>([
  [{ variant: 'grpo' }, () => (batch) => oracle.grpo(batch, 0.2, 0)],
  [{ variant: 'grpo', klWeight: 0.3 }, () => (batch) => oracle.grpo(batch, 0.2, 0.3)],
  [{ variant: 'dapo', ...one }, () => (batch) => oracle.dapo(batch, 0.2, 0.28)],
  [{ variant: 'dapo', ...one, dualClip: 1.5 }, () => (batch) => oracle.dapo(batch, 0.2, 0.28, 1.5)],
  [{ variant: 'gspo', clipLow: 0.05, clipHigh: 0.08 }, () => (batch) => oracle.gspo(batch, 0.05, 0.08)],
  [{ variant: 'cispo', clipHigh: 0.1 }, () => (batch, frozen) => oracle.cispo(batch, frozen, 0.1)],
  [{ variant: '80/20', ...one }, () => (batch) => oracle.highEntropy(batch, 0.2, 0.28, 0.2)],
  [
    { variant: 'archer', klWeight: 0.1, knowledge: { clipLow: 0.2, clipHigh: 0.2, klWeight: 0.5 } },
    () => (batch) => oracle.archer(batch, { epsilon: 0.5, beta: 0.1 }, { epsilon: 0.2, beta: 0.5 }, 10, 'class'),
  ],
  [
    { variant: 'clip-cov', ...one, covariance: { kind: 'clip', share: 0.05, low: 0.1, high: 50 } },
    (rollouts) => (batch) => oracle.clipCov(batch, 1, droppedOf(rollouts)),
  ],
  [
    { variant: 'kl-cov', ...one, covariance: { kind: 'kl', share: 0.1, weight: 2 } },
    () => (batch, frozen) => oracle.klCov(batch, frozen, 0.1, 2),
  ],
])('is the oracle’s for %o', (loss, objectiveOf) => expectGradient({ loss }, objectiveOf));

it('is the oracle’s for Dr. GRPO, whose advantages are not scaled', () =>
  expectGradient(
    { loss: { variant: 'dr-grpo' } },
    () => (batch) => oracle.drGrpo(batch, 0.2, MAX_NEW_TOKENS),
    () => ({
      scale: 'none',
    }),
  ));

it('takes back the 1 / tau of each token where the compensation is on', () =>
  expectGradient(
    { lossTemperature: { compensate: true } },
    () => (batch) => oracle.grpo(batch, 0.2, 0),
    (rollouts) => ({ factor: (row, t) => rollouts[row]!.tau[t]! }),
  ));

it('weighs by truncated importance at tau 1', async () => {
  const weightsOf = (rollouts: readonly RolloutRecord[]) =>
    rollouts.map(({ logp1, logpTau }) => logp1.map((logp, t) => Math.min(Math.exp(logp - logpTau[t]!), 1.2)));
  await expectGradient(
    { loss: { variant: 'dapo', ...one }, lossTemperature: { mode: 'truncated', largestWeight: 1.2 } },
    (rollouts) => (batch) => oracle.weighted(batch, weightsOf(rollouts), 0.2, 0.28),
    (rollouts) => ({ tau: rollouts.map(({ ids }) => ids.map(() => 1)) }),
  );
});

it('scores one token late where asked to', () =>
  expectGradient(
    { lossTemperature: { mode: 'one-late' } },
    () => (batch) => oracle.grpo(batch, 0.2, 0),
    (rollouts) => ({ tau: rollouts.map(({ tau }) => [1, ...tau.slice(0, -1)]) }),
  ));

it('adds DAPO’s penalty on length to the reward', async () => {
  const { rollouts } = await secondPass({ loss: { variant: 'dapo', ...one, overlongShare: 0.5 } });
  const expected = rollouts.map(({ ids, outcome }) => {
    const penalty = Math.min(0, (MAX_NEW_TOKENS - 3.5 - ids.length) / 3.5);
    return (outcome === 'ok' ? 1 : 0) + penalty;
  });
  rollouts.forEach(({ reward }, row) => {
    expect(reward).toBeCloseTo(expected[row]!, 12);
  });
  expect(new Set(expected).size).toBeGreaterThan(3);
});

it('makes of a whole step what float64 makes of it: gradient, clip by norm, moments, weights', async () => {
  const optimizer = { learningRate: 1e-2, weightDecay: 0.1, epsilon: 1e-2, clipNorm: 0.5 };
  const config = testConfig({ optimizer });
  const { trainer, engine } = await testTrainer(createCpuEngine, config);
  const { rollouts, metrics } = await trainer.runStep();
  const { engine: reference } = await oracleGradient((batch) => oracle.grpo(batch, 0.2, 0), {
    rollouts,
    before: PARAMETERS,
    now: PARAMETERS,
  });
  const { gradNorm } = await reference.applyGradient(optimizer);
  expect(metrics['grad_norm']).toBeCloseTo(gradNorm, 4);
  const moved = (after: Float32Array) => after.map((x, i) => x - flat(PARAMETERS)[i]!);
  const [own, expected] = [await engine.readParameters(), await reference.readParameters()];
  expect(relativeL2(moved(flat(own)), moved(flat(expected)))).toBeLessThan(1e-4);
});
