// From rollouts to the gradient of the parameters: the coefficients handed to an engine make it accumulate dLoss / dp,
// with the sign that descent wants.

import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { NamedTensors } from '../policy/parameters.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { grouped } from '../reference/fixtures.ts';
import { randomSource } from '../tasks/random.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { groupAdvantages } from './advantage.ts';
import { type LossBatch, policyLoss } from './loss.ts';
import { type LossConfigInput, lossSchema } from './lossConfig.ts';
import { scoringBatch } from './lossTemperature.ts';

const GROUP = Int32Array.of(0, 0, 0, 1, 1, 1);
const MAX_NEW_TOKENS = 6;

async function recorded() {
  const engine = new ReferenceEngine(grouped.config);
  await engine.loadParameters(grouped.parameters);
  const rollouts = await engine.generate({
    prompts: Array.from(GROUP, (group) => (group === 0 ? Int32Array.of(1, 2, 3) : Int32Array.of(7, 5))),
    group: GROUP,
    maxNewTokens: MAX_NEW_TOKENS,
    stopTokens: [],
    sampler: parseSamplerConfig({ temperature: { rule: 'binary', high: 1.6, low: 0.7 } }),
    seed: 21,
  });
  const batch = scoringBatch('on-policy', rollouts);
  const { advantage } = groupAdvantages([1, 0, 0, 0, 1, 1], GROUP, 'std');
  const random = randomSource(8, 0);
  // Ratios on every side of the clips, but none so near an edge that a small step crosses it.
  const logRatio = () => [-0.8, -0.35, -0.1, 0.05, 0.12, 0.33, 0.6][random.below(7)]!;
  const rest: Omit<LossBatch, 'logpNew' | 'entropyNats'> = {
    rowStart: batch.rowStart,
    mask: batch.mask,
    logpOld: Float64Array.from(batch.samplerLogp, (x) => x - logRatio()),
    logpReference: Float64Array.from(batch.samplerLogp, (x) => x + logRatio()),
    advantage: Float64Array.from(batch.ids, (_, i) => advantage[batch.rowStart.findLastIndex((start) => start <= i)]!),
    maxLength: MAX_NEW_TOKENS,
    noise: { seed: 1, stream: 0 },
  };
  return { engine, batch, rest };
}

/** p + h d */
const moved = (parameters: NamedTensors, direction: NamedTensors, h: number): NamedTensors =>
  new Map(
    [...parameters].map(([name, tensor]) => [
      name,
      { ...tensor, data: tensor.data.map((x, i) => x + h * direction.get(name)!.data[i]!) },
    ]),
  );

it.each<LossConfigInput>([
  { variant: 'grpo', klWeight: 0.1 },
  { variant: 'dapo' },
  { variant: 'dr-grpo' },
  { variant: 'gspo', clipLow: 0.2, clipHigh: 0.2 },
  { variant: '80/20' },
  { variant: 'archer' },
])('the accumulated gradient is the slope of the loss: %o', async (input) => {
  const config = v.parse(lossSchema, input);
  const { engine, batch, rest } = await recorded();
  const scored = await engine.score(batch);
  // Selections by entropy are constants of the update.
  const lossOf = (logpNew: ArrayLike<number>) =>
    policyLoss(config, { ...rest, logpNew, entropyNats: scored.entropyNats });

  await engine.accumulateGradient(batch, ({ logpTau }) => Float32Array.from(lossOf(logpTau).coefficients));
  const gradient = await engine.readGradient();
  const norm = Math.hypot(...[...gradient.values()].map(({ data }) => Math.hypot(...data)));

  const h = 1e-3 / norm;
  const reportAt = async (by: number) => {
    await engine.loadParameters(moved(grouped.parameters, gradient, by));
    return lossOf((await engine.score(batch)).logpTau);
  };
  const [above, below] = [await reportAt(h), await reportAt(-h)];
  expect(above.clipSide).toEqual(below.clipSide);
  const slope = (above.loss - below.loss) / (2 * h);
  expect(norm).toBeGreaterThan(1e-2);
  expect(slope / norm ** 2).toBeCloseTo(1, 3);
});
