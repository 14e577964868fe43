// The samplers of all backends behind one shape: logits of every row and step in, one record a row and step out.

import type { Gpu } from '../gpu/device.ts';
import type { SamplerConfig } from '../temperature/config.ts';
import type { NoiseKey } from '../temperature/philox.ts';
import type { TokenRecords } from '../temperature/record.ts';
import { type BackendChoice, chooseBackend } from './backend.ts';
import type { Io } from './io.ts';

/** What a step recorded of one row; the fields of TokenRecords for one token. */
export interface StepRecord {
  readonly token: number;
  readonly entropyNats: number;
  readonly thresholdNats: number;
  readonly queueLength: number;
  readonly hot: number;
  readonly tau: number;
  readonly logpTau: number;
  readonly logp1: number;
}

export interface StepRequest extends NoiseKey {
  /** [steps, rows, vocabulary] */
  readonly logits: Float32Array;
  readonly steps: number;
  readonly rows: number;
  readonly vocabulary: number;
  readonly sampler: SamplerConfig;
}

function recordAt(r: TokenRecords, i: number): StepRecord {
  return {
    token: r.ids[i]!,
    entropyNats: r.entropyNats[i]!,
    thresholdNats: r.thresholdNats[i]!,
    queueLength: r.queueLength[i]!,
    hot: r.hot[i]!,
    tau: r.tau[i]!,
    logpTau: r.logpTau[i]!,
    logp1: r.logp1[i]!,
  };
}

/** Samples step after step, every row a rollout of one prompt, none ever done; yields a record for each row. */
export async function* sampleSteps(
  request: StepRequest,
  wanted: BackendChoice,
  io: Io,
): AsyncGenerator<readonly StepRecord[]> {
  const chosen = await chooseBackend(wanted, io);
  switch (chosen.backend) {
    case 'webgpu':
      io.note(`Backend webgpu: ${chosen.gpu.adapter}.`);
      try {
        yield* gpuSteps(request, chosen.gpu);
      } finally {
        chosen.gpu.destroy();
      }
      return;
    case 'cpu':
      io.note('Backend cpu: TypeScript.');
      yield* cpuSteps(request);
      return;
    case 'reference':
      io.note('Backend reference: float64 TypeScript.');
      yield* referenceSteps(request);
  }
}

function stepLogits({ logits, rows, vocabulary }: StepRequest, step: number): Float32Array {
  return logits.subarray(step * rows * vocabulary, (step + 1) * rows * vocabulary);
}

function rowsOf({ rows, vocabulary }: StepRequest, logits: Float32Array): Float32Array[] {
  return Array.from({ length: rows }, (_, row) => logits.subarray(row * vocabulary, (row + 1) * vocabulary));
}

async function* referenceSteps(request: StepRequest): AsyncGenerator<readonly StepRecord[]> {
  const { ReferenceSampler } = await import('../reference/sampler.ts');
  const { sampler, rows, steps, seed, stream } = request;
  const reference = new ReferenceSampler(sampler, { group: new Int32Array(rows), seed, stream });
  const live = new Array<boolean>(rows).fill(true);
  for (let step = 0; step < steps; step++) yield reference.step(rowsOf(request, stepLogits(request, step)), live);
}

async function* cpuSteps(request: StepRequest): AsyncGenerator<readonly StepRecord[]> {
  const { CpuSampler } = await import('../temperature/cpuSampler.ts');
  const { sampler, rows, vocabulary, steps, seed, stream } = request;
  const cpu = new CpuSampler(sampler, { groups: new Int32Array(rows), vocabulary, seed, stream });
  const live = new Uint8Array(rows).fill(1);
  for (let step = 0; step < steps; step++) {
    const { token, ...fields } = cpu.step(stepLogits(request, step), live);
    yield Array.from(token, (_, row) => recordAt({ ids: token, ...fields }, row));
  }
}

async function* gpuSteps(request: StepRequest, gpu: Gpu): AsyncGenerator<readonly StepRecord[]> {
  const { GpuSampler } = await import('../temperature/gpuSampler.ts');
  const { rows, vocabulary, sampler: config, steps, seed, stream } = request;
  const logits = gpu.storage('logits', 4 * rows * vocabulary);
  const groups = new Int32Array(rows);
  const sampler = await GpuSampler.create(gpu, { rows, vocabulary, groups, config, maxNewTokens: steps, logits });
  sampler.start({ seed, stream });
  for (let step = 0; step < steps; step++) {
    gpu.write(logits, stepLogits(request, step));
    await gpu.submit({ label: `sample step ${step}`, dispatches: sampler.dispatches });
  }
  const sampled = await sampler.readRows();
  for (let step = 0; step < steps; step++)
    yield sampled.map(({ records: r, status }, row) => {
      if (status === 'failed' && step >= r.ids.length)
        throw new RangeError(`There is no distribution to draw from in step ${step}, row ${row}.`);
      return recordAt(r, step);
    });
  sampler.destroy();
}
