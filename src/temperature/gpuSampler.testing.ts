// Runs the GPU sampler and the float64 oracle on the same logits and noise, and counts where they differ.

import type { Gpu } from '../gpu/device.ts';
import { ReferenceSampler, type StepRecord } from '../reference/sampler.ts';
import { parseSamplerConfig, type SamplerConfigInput } from './config.ts';
import { GpuSampler, type SampledRow } from './gpuSampler.ts';
import type { SamplerShape } from './samplerKernels.ts';

export interface Comparison {
  readonly rows: number;
  readonly vocabulary: number;
  readonly steps: number;
  readonly config: SamplerConfigInput;
  /** Default: all rows of one prompt. */
  readonly groups?: Int32Array;
  /** [rows, vocabulary] for a step. */
  readonly logits: (step: number) => Float32Array;
  /** Rows that never take part. */
  readonly idle?: readonly number[];
  /** Entropies that the queues hold at the start. */
  readonly queues?: readonly Float32Array[];
  readonly forced?: readonly Int32Array[];
  readonly shape?: Partial<SamplerShape>;
  readonly seed?: number;
}

/** What differed; a difference where the oracle's own margin is a rounding error is a float tie. */
export interface Differences {
  readonly tokens: number;
  readonly tokenDifferences: number;
  readonly gateDifferences: number;
  readonly floatTies: number;
  /** Largest |difference|. */
  readonly entropyNats: number;
  readonly thresholdNats: number;
  readonly tau: number;
  readonly logpTau: number;
  readonly logp1: number;
  readonly rows: readonly SampledRow[];
}

/** Decisions nearer than this are ties in float32. */
const RACE_TIE = 2e-5;
const GATE_TIE_NATS = 4e-6;
const CUT_TIE = 2e-5;

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function uniformNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Logits whose rows differ in how peaked they are, so that entropies spread from near 0 to near ln V. */
export function spreadLogits(rows: number, vocabulary: number, seed = 1): (step: number) => Float32Array {
  return (step) => {
    const uniform = uniformNumbers(seed + 7919 * step);
    const logits = new Float32Array(rows * vocabulary);
    for (let row = 0; row < rows; row++) {
      const scale = 12 * uniform() ** 2;
      const shift = 20 * (uniform() - 0.5);
      for (let i = 0; i < vocabulary; i++)
        logits[row * vocabulary + i] = shift + scale * (uniform() + uniform() + uniform() - 1.5);
    }
    return logits;
  };
}

/** Both samplers over all steps, tokens never fed back. */
export async function compare(gpu: Gpu, c: Comparison): Promise<Differences> {
  const { rows, vocabulary, steps, seed = 11 } = c;
  const groups = c.groups ?? new Int32Array(rows);
  const config = parseSamplerConfig(c.config, 'evaluation');
  const live = Array.from({ length: rows }, (_, row) => !(c.idle ?? []).includes(row));
  const slice = gpu.storage('test logits', 4 * rows * vocabulary);
  const sampler = await GpuSampler.create(gpu, {
    rows,
    vocabulary,
    groups,
    config,
    maxNewTokens: steps,
    logits: slice,
    ...(c.shape === undefined ? {} : { shape: c.shape }),
  });
  sampler.start({ seed, stream: 3, live, ...(c.forced === undefined ? {} : { forced: c.forced }) });
  if (c.queues !== undefined) sampler.loadQueues(c.queues);
  const oracle = new ReferenceSampler(config, { group: groups, seed, stream: 3 }, c.queues);
  const expected: StepRecord[][] = [];
  for (let step = 0; step < steps; step++) {
    const logits = c.logits(step);
    gpu.write(slice, logits);
    await gpu.submit({ label: 'sampler test', dispatches: sampler.dispatches });
    const list = Array.from({ length: rows }, (_, row) => logits.subarray(row * vocabulary, (row + 1) * vocabulary));
    expected.push(
      oracle.step(
        list,
        live,
        Array.from({ length: rows }, (_, row) => c.forced?.[row]?.[step] ?? -1),
      ),
    );
  }
  const sampled = await sampler.readRows();
  const result = { ...difference(expected, sampled), rows: sampled };
  sampler.destroy();
  slice.buffer.destroy();
  return result;
}

function difference(expected: readonly StepRecord[][], sampled: readonly SampledRow[]): Omit<Differences, 'rows'> {
  const d = {
    tokens: 0,
    tokenDifferences: 0,
    gateDifferences: 0,
    floatTies: 0,
    entropyNats: 0,
    thresholdNats: 0,
    tau: 0,
    logpTau: 0,
    logp1: 0,
  };
  const note = (field: 'entropyNats' | 'thresholdNats' | 'tau' | 'logpTau' | 'logp1', want: number, got: number) => {
    const same = Object.is(want, got) || want === got;
    const distance = same ? 0 : Math.abs(want - got);
    d[field] = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(d[field], distance);
  };
  expected.forEach((list, step) => {
    for (const want of list) {
      const got = sampled[want.row]!.records;
      d.tokens++;
      note('entropyNats', want.entropyNats, got.entropyNats[step]!);
      note('thresholdNats', want.thresholdNats, got.thresholdNats[step]!);
      if (want.queueLength !== got.queueLength[step]) d.gateDifferences++;
      if (want.hot !== got.hot[step]) {
        if (want.margins.gateNats < GATE_TIE_NATS) d.floatTies++;
        else d.gateDifferences++;
        continue;
      }
      note('tau', want.tau, got.tau[step]!);
      if (want.token !== got.ids[step]) {
        if (want.margins.race < RACE_TIE || want.margins.cut < CUT_TIE) d.floatTies++;
        else d.tokenDifferences++;
        continue;
      }
      if (want.margins.cut < CUT_TIE) continue;
      note('logpTau', want.logpTau, got.logpTau[step]!);
      note('logp1', want.logp1, got.logp1[step]!);
    }
  });
  return d;
}
