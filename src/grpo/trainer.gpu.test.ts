// The same run on WebGPU: its gradient is the oracle's, its audit near 0, and it goes on bit for bit.

import { afterAll, expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import { readCheckpoint, writeCheckpoint } from '../policy/checkpoint.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import { createGpuEngine } from '../policy/gpuEngine.ts';
import { relativeL2 } from '../reference/fixtures.ts';
import * as oracle from '../reference/objectives.ts';
import { TIMING_METRICS } from './metrics.ts';
import type { StepResult } from './stages.ts';
import { oracleGradient } from './stepOracle.testing.ts';
import { type EngineMaker, flat, logged, PARAMETERS, steps, testConfig, testTrainer } from './trainer.testing.ts';

/** Engines of this file; each has a device of its own, as the reference policy's must. */
const engines: PolicyEngine[] = [];
afterAll(() => {
  for (const engine of engines) engine.destroy();
});

const makeGpuEngine: EngineMaker = async (config) => {
  const engine = await createGpuEngine(await openGpu(), config);
  engines.push(engine);
  return engine;
};

const timeless = ({ metrics, rollouts }: StepResult) => ({
  rollouts,
  metrics: Object.entries(metrics).filter(([name]) => !TIMING_METRICS.includes(name)),
});

it('makes the oracle’s gradient of a step, on-policy by its own sampler’s numbers', async () => {
  const { makeEngine, log } = logged(makeGpuEngine);
  const { trainer } = await testTrainer(
    makeEngine,
    testConfig({ update: { innerEpochs: 2 }, loss: { klWeight: 0.3 } }),
  );
  const { rollouts, metrics } = await trainer.runStep();
  const expected = await oracleGradient((batch) => oracle.grpo(batch, 0.2, 0.3), {
    rollouts,
    before: PARAMETERS,
    now: log.parameters[1]!,
  });
  expect(relativeL2(flat(log.gradients[1]!), flat(expected.gradient))).toBeLessThan(1e-4);
  expect(metrics['sampling/sampling_logp_difference/mean']).toBeLessThan(1e-5);
  expect(new Set(rollouts.flatMap(({ scored }) => scored!.scoredTau))).toEqual(new Set([1.6, 0.7].map(Math.fround)));
  // The reference is the trainer's own and goes with it; the engine stays.
  trainer.destroy();
  expect(flat((await trainer.save()).parameters).length).toBe(flat(PARAMETERS).length);
});

it('goes on bit for bit from a save in the middle of a step, with kept queues', async () => {
  const config = testConfig({
    sampler: { queue: { keep: true, capacity: 50 }, temperature: { rule: 'binary', high: 1.6, low: 0.7 } },
    loss: { variant: 'dapo', generationBatches: 2 },
  });
  const through = await testTrainer(makeGpuEngine, config);
  await through.trainer.runStep();
  await through.trainer.runStage();
  const saved = readCheckpoint(writeCheckpoint(await through.trainer.save()));
  expect(saved.trainer!.queues[0]!.length).toBe(50);
  const resumed = await testTrainer(makeGpuEngine, config, saved);
  expect((await steps(resumed.trainer, 2)).map(timeless)).toEqual((await steps(through.trainer, 2)).map(timeless));
  expect((await resumed.trainer.save()).parameters).toEqual((await through.trainer.save()).parameters);
});
