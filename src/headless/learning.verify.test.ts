// Does it learn? Countdown from the base that ships, on the CPU engine: 40 steps of 24 prompts x 8 rollouts raise avg@8 on
// held-out prompts, by a paired bootstrap over prompts; with one temperature, with token-level ones and with a ladder.
// And the audit tells the matched mode from the mismatched ones. (A shorter run on WebGPU: src/grpo.)

import { beforeAll, describe, expect, it } from 'vitest';
import { createCpuEngine } from '../cpu/engine.ts';
import { countdownTrainer, learningLine, measureLearning, metricsOf } from '../grpo/learning.testing.ts';
import type { LossTemperatureMode } from '../grpo/lossTemperature.ts';
import type { RunConfigInput } from '../grpo/runConfig.ts';
import type { LoadedCheckpoint } from '../policy/checkpoint.ts';
import { readModel } from './modelFolder.ts';
import { shippedBase } from './shippedBase.ts';

const STEPS = 40;
const MEAN = 'sampling/sampling_logp_difference/mean';

let base: LoadedCheckpoint;
beforeAll(async () => {
  base = await readModel(shippedBase('countdown'));
});

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
    const engine = await createCpuEngine(base.config);
    const learning = await measureLearning(engine, base, STEPS, input);
    engine.destroy();
    console.log(learningLine(name, learning));
    expect(learning.change.mean).toBeGreaterThan(0);
    expect(learning.change.pHigher).toBeLessThan(0.01);
    for (const row of learning.rows) {
      expect(row[MEAN]).toBeLessThanOrEqual(1e-5);
      expect(row['update/skipped']).toBe(0);
    }
  });
});

describe('the temperature audit at T_high 1.6 and T_low .7', () => {
  const audit = async (mode: LossTemperatureMode) => {
    const engine = await createCpuEngine(base.config);
    const sampler = { temperature: { rule: 'binary', high: 1.6, low: 0.7 } } as const;
    const trainer = await countdownTrainer(engine, base, { sampler, lossTemperature: { mode } });
    const rows = await metricsOf(trainer, 3);
    engine.destroy();
    return rows.map((row) => row[MEAN]!);
  };
  it('is at most 1e-5 on-policy', async () =>
    expect(Math.max(...(await audit('on-policy')))).toBeLessThanOrEqual(1e-5));
  it.each<LossTemperatureMode>(['sampling-only', 'one-late'])('is above 1e-2 in the mode %s', async (mode) =>
    expect(Math.min(...(await audit(mode)))).toBeGreaterThan(1e-2),
  );
});
