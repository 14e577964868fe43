// Does it learn? Countdown from the base that ships, on the CPU engine: 40 steps of 24 prompts x 8 rollouts raise avg@8 on
// held-out prompts, by a paired bootstrap over prompts; with one temperature, with token-level ones and with a ladder.
// And the audit tells the matched mode from the mismatched ones.

import { beforeAll, describe, expect, it } from 'vitest';
import { createCpuEngine } from '../cpu/engine.ts';
import { evaluatePolicy } from '../grpo/evaluation.ts';
import type { LossTemperatureMode } from '../grpo/lossTemperature.ts';
import { meanOrNull } from '../grpo/metrics.ts';
import { parseRunConfig, type RunConfigInput } from '../grpo/runConfig.ts';
import type { MetricsRow, Trainer } from '../grpo/stages.ts';
import { pairedBootstrap } from '../grpo/statistics.ts';
import { createTrainer } from '../grpo/trainer.ts';
import type { LoadedCheckpoint } from '../policy/checkpoint.ts';
import type { PolicyEngine } from '../policy/engine.ts';
import { taskByName } from '../tasks/index.ts';
import { taskSource } from '../tasks/source.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { readModel } from './modelFolder.ts';
import { shippedBase } from './shippedBase.ts';

const STEPS = 40;
const SAMPLES = 8;
const PROMPTS = 128;
const SEED = 1;
const MEAN = 'sampling/sampling_logp_difference/mean';

let base: LoadedCheckpoint;
beforeAll(async () => {
  base = await readModel(shippedBase('countdown'));
});

interface Run {
  readonly engine: PolicyEngine;
  readonly trainer: Trainer;
  /** Correct of SAMPLES rollouts of each held-out prompt at tau 1. */
  readonly correct: () => Promise<number[]>;
}

async function startRun(input: RunConfigInput): Promise<Run> {
  const engine = await createCpuEngine(base.config);
  const config = parseRunConfig({ seed: SEED, prompts: 24, group: 8, ...input });
  const source = taskSource(taskByName('countdown'), config.difficulty);
  const tokenizer = base.tokenizer!;
  const trainer = await createTrainer({
    engine,
    source,
    tokenizer,
    config,
    checkpoint: base,
    createReference: () => Promise.reject(new Error('No objective here has a reference policy.')),
  });
  const sampler = parseSamplerConfig({ temperature: { rule: 'fixed', tau: 1 } });
  const correct = async () => {
    const request = { engine, source, tokenizer, sampler, n: SAMPLES, k: [SAMPLES], prompts: PROMPTS, seed: SEED };
    return (await evaluatePolicy(request)).perPrompt.map((prompt) => prompt.correct);
  };
  return { engine, trainer, correct };
}

const train = async (trainer: Trainer, steps: number) => {
  const rows: MetricsRow[] = [];
  for (let step = 0; step < steps; step++) rows.push((await trainer.runStep()).metrics);
  return rows;
};
const mean = (rows: readonly MetricsRow[], name: string) => meanOrNull(rows.map((row) => row[name]!))!;

describe('Countdown from its base', () => {
  it.each<[string, RunConfigInput]>([
    ['one temperature', { sampler: { temperature: { rule: 'fixed', tau: 1 } } }],
    ['hot forks and cold knowledge', { sampler: { temperature: { rule: 'binary', high: 1.2, low: 1 } } }],
    [
      'a ladder of rollouts',
      {
        sampler: {
          temperature: { rule: 'fixed', tau: 1 },
          ladder: { offsets: [0, 0, -0.1, 0.1, -0.2, 0.2, -0.3, 0.3] },
        },
      },
    ],
  ])('avg@8 on held-out prompts rises with %s', async (name, input) => {
    const { trainer, engine, correct } = await startRun(input);
    const before = await correct();
    const rows = await train(trainer, STEPS);
    const after = await correct();
    const change = pairedBootstrap(
      before.map((c) => c / SAMPLES),
      after.map((c) => c / SAMPLES),
      { seed: SEED },
    );
    const ms = ['collect', 'score', 'update'].map(
      (stage) => `${stage} ${(1000 * mean(rows, `time/${stage}`)).toFixed(0)}`,
    );
    console.log(
      `${name}: avg@8 ${meanOrNull(before)! / SAMPLES} -> ${meanOrNull(after)! / SAMPLES}, p = ${change.pHigher}; ms a step: ${ms.join(', ')}`,
    );
    expect(change.mean).toBeGreaterThan(0);
    expect(change.pHigher).toBeLessThan(0.01);
    expect(mean(rows, MEAN)).toBeLessThan(1e-5);
    expect(Math.max(...rows.map((row) => row['update/skipped']!))).toBe(0);
    engine.destroy();
  });
});

describe('the temperature audit at T_high 1.6 and T_low .7', () => {
  const audit = async (mode: LossTemperatureMode) => {
    const sampler = { temperature: { rule: 'binary', high: 1.6, low: 0.7 } } as const;
    const { trainer, engine } = await startRun({ sampler, lossTemperature: { mode } });
    const rows = await train(trainer, 3);
    engine.destroy();
    return rows.map((row) => row[MEAN]!);
  };
  it('is at most 1e-5 on-policy', async () =>
    expect(Math.max(...(await audit('on-policy')))).toBeLessThanOrEqual(1e-5));
  it.each<LossTemperatureMode>(['sampling-only', 'one-late'])('is above 1e-2 in the mode %s', async (mode) =>
    expect(Math.min(...(await audit(mode)))).toBeGreaterThan(1e-2),
  );
});
