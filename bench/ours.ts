// This project's engine as a contender.

import { type Gpu, openGpu } from '../src/gpu/device.ts';
import type { Slice } from '../src/gpu/slice.ts';
import { enableTuning } from '../src/gpu/tuner.ts';
import type { PolicyConfig } from '../src/policy/config.ts';
import type { PolicyEngine, TokenBatch } from '../src/policy/engine.ts';
import { createGpuEngine, type GpuEngine } from '../src/policy/gpuEngine.ts';
import type { NamedTensors } from '../src/policy/parameters.ts';
import { parseSamplerConfig, type SamplerConfig } from '../src/temperature/config.ts';
import { GpuSampler } from '../src/temperature/gpuSampler.ts';
import { ADAMW, type Contender } from './contender.ts';

/** The method with its defaults: run-wide queue, sliding quantile, hot 1.2 and cold 1. */
export const GUIDED = parseSamplerConfig({});

/** The least our sampler can do, and what peers do: one temperature, and no quantile of past entropies. */
export function fixedTemperature(tau: number): SamplerConfig {
  return parseSamplerConfig({ threshold: { rule: 'absolute' }, temperature: { rule: 'fixed', tau } });
}

/** An engine on a device of its own with tiles chosen by measuring, as a page would have it. */
export async function openEngine(config: PolicyConfig, parameters: NamedTensors): Promise<GpuEngine> {
  const gpu = await openGpu();
  enableTuning(gpu);
  const engine = await createGpuEngine(gpu, config);
  await engine.loadParameters(parameters);
  return engine;
}

/** `rows` sequences of equal length at temperature 1. */
export function evenBatch(ids: Int32Array, rows: number): TokenBatch {
  const length = ids.length / rows;
  return {
    ids,
    rowStart: Int32Array.from({ length: rows + 1 }, (_, row) => row * length),
    tau: new Float32Array(ids.length).fill(1),
  };
}

/** One AdamW step on the mean cross-entropy; resolves with the loss before it. */
export async function trainStep(engine: PolicyEngine, ids: Int32Array, rows: number): Promise<number> {
  const predictions = ids.length - rows;
  const coefficients = new Float32Array(ids.length).fill(-1 / predictions);
  const gradient = engine.accumulateGradient(evenBatch(ids, rows), coefficients);
  // Not awaited in between: the engine encodes the update behind the gradient.
  const update = engine.applyGradient(ADAMW);
  const [scores, { applied }] = await Promise.all([gradient, update]);
  if (!applied) throw new Error('The gradient was not finite.');
  // The entries of each row's first token are 0.
  return -scores.logp1.reduce((sum, logp) => sum + logp, 0) / predictions;
}

/** Decodes newTokens after each one-token prompt; resolves with the ids, [rows, newTokens]. */
export async function decode(
  engine: PolicyEngine,
  prompts: Int32Array,
  newTokens: number,
  sampler: SamplerConfig,
  seed: number,
): Promise<Int32Array> {
  const rollouts = await engine.generate({
    prompts: Array.from(prompts, (id) => Int32Array.of(id)),
    maxNewTokens: newTokens,
    stopTokens: [],
    sampler,
    seed,
  });
  const ids = new Int32Array(prompts.length * newTokens);
  rollouts.forEach((rollout, row) => {
    ids.set(rollout.ids, row * newTokens);
  });
  return ids;
}

/** The sampler alone on fixed logits [rows, V], `times` steps in one submit. */
export async function openSampler(gpu: Gpu, logits: Slice, rows: number, times: number, config: SamplerConfig) {
  const sampler = await GpuSampler.create(gpu, {
    rows,
    vocabulary: logits.size / 4 / rows,
    groups: new Int32Array(rows),
    config,
    maxNewTokens: times,
    logits,
  });
  const dispatches = Array.from({ length: times }, () => sampler.dispatches).flat();
  return {
    /** Begins a batch and samples `times` tokens a row. */
    run(seed: number): Promise<unknown> {
      sampler.start({ seed });
      return gpu.submit({ label: 'bench sampler', dispatches });
    },
    read: () => sampler.readRows(),
    close: () => sampler.destroy(),
  };
}

export const ours: Contender = {
  name: 'ours',

  async openTraining({ config, parameters, rows }) {
    const engine = await openEngine(config, parameters);
    return { step: (ids) => trainStep(engine, ids, rows), close: () => engine.destroy() };
  },

  async openDecoding({ config, parameters, prompts, newTokens, tau }) {
    const engine = await openEngine(config, parameters);
    const sampler = fixedTemperature(tau);
    return {
      run: (seed) => decode(engine, prompts, newTokens, sampler, seed),
      close: () => engine.destroy(),
    };
  },

  async openSampling({ logits, rows, times }) {
    const gpu = await openGpu();
    const sampler = await openSampler(gpu, gpu.upload('bench logits', logits), rows, times, fixedTemperature(1));
    return {
      async draw(seed) {
        const sampling = sampler.run(seed);
        const sampled = await sampler.read();
        await sampling;
        return {
          tokens: Int32Array.from(sampled, (row) => row.token),
          entropyNats: Float32Array.from(sampled, (row) => row.records.entropyNats[times - 1]!),
        };
      },
      close: () => gpu.destroy(),
    };
  },
};
