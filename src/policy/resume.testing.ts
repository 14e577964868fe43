// The test that a checkpoint loses nothing, for any engine.

import { expect } from 'vitest';
import { parseSamplerConfig } from '../temperature/config.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { PolicyConfig } from './config.ts';
import type { PolicyEngine } from './engine.ts';
import { initialParameters } from './initialise.ts';
import { createTokenizer } from './tokenizer.ts';

const TOKENIZER = createTokenizer({ characters: '0123456789' });
const CONFIG: PolicyConfig = {
  layers: 2,
  width: 32,
  heads: 4,
  kvHeads: 2,
  headWidth: 8,
  mlpWidth: 64,
  vocabulary: TOKENIZER.size,
  tied: true,
  ropeTheta: 10_000,
  rmsEpsilon: 1e-6,
  maxPositions: 32,
};
const SEED = 11;
const SAMPLER = parseSamplerConfig({ queue: { capacity: 200, keep: true }, temperature: { rule: 'rank', high: 1.3 } });

/** One step of a small policy gradient: roll out on the step's own stream, and push up tokens that are even digits. */
async function step(engine: PolicyEngine, stream: number): Promise<string> {
  const prompts = ['12', '345', '6', '78'].map((text) => TOKENIZER.encode(text));
  const rollouts = await engine.generate({
    prompts,
    maxNewTokens: 8,
    stopTokens: [TOKENIZER.stopId!],
    sampler: SAMPLER,
    seed: SEED,
    stream,
  });
  const rows = rollouts.map((r) => [...r.promptIds, ...r.ids]);
  const rowStart = Int32Array.from([0, ...rows.map((_, i) => rows.slice(0, i + 1).flat().length)]);
  const tau = rollouts.flatMap((r) => [...r.promptIds].map(() => 1).concat([...r.tau]));
  const coef = rollouts.flatMap((r) => [
    ...[...r.promptIds].map(() => 0),
    ...[...r.ids].map((id) => (id % 2 === 0 ? -0.1 : 0.05)),
  ]);
  const batch = { ids: Int32Array.from(rows.flat()), rowStart, tau: Float32Array.from(tau) };
  await engine.accumulateGradient(batch, Float32Array.from(coef));
  const report = await engine.applyGradient({ learningRate: 3e-3, weightDecay: 0.1, clipNorm: 1 });
  expect(report).toMatchObject({ applied: true, step: stream + 1 });
  return rollouts.map((r) => TOKENIZER.decode(r.ids)).join(' ');
}

/** Everything that the next step depends on, as files. */
async function save(engine: PolicyEngine, stream: number): Promise<Map<string, Uint8Array>> {
  return writeCheckpoint({
    config: CONFIG,
    parameters: await engine.readParameters(),
    generation: { stopTokens: [TOKENIZER.stopId!], padToken: TOKENIZER.padId, beginToken: null },
    tokenizer: TOKENIZER,
    trainer: {
      optimizer: await engine.readOptimizer(),
      noise: { seed: SEED, stream },
      queues: await engine.readQueues(),
      extra: null,
    },
  });
}

/** 10 steps on one engine against 5 of them, a checkpoint, and 5 on another engine. */
export async function expectResumesExactly(
  createEngine: (config: PolicyConfig) => Promise<PolicyEngine>,
): Promise<void> {
  const through = await createEngine(CONFIG);
  await through.loadParameters(initialParameters(CONFIG, SEED));
  const texts: string[] = [];
  let saved = new Map<string, Uint8Array>();
  for (let stream = 0; stream < 10; stream++) {
    if (stream === 5) saved = await save(through, stream);
    texts.push(await step(through, stream));
  }

  const { config, parameters, trainer } = readCheckpoint(saved);
  const resumed = await createEngine(config);
  await resumed.loadParameters(parameters);
  await resumed.loadOptimizer(trainer!.optimizer);
  await resumed.loadQueues(trainer!.queues);
  const again: string[] = [];
  for (let { stream } = trainer!.noise; stream < 10; stream++) again.push(await step(resumed, stream));

  expect(again).toEqual(texts.slice(5));
  // Files hold every weight, both moments, the step count and the queues, and their bytes every bit of them.
  expect(await save(resumed, 10)).toEqual(await save(through, 10));
  expect(trainer!.queues[0]!.length).toBeGreaterThan(100);
}
