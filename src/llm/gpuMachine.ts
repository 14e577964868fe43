// ONNX Runtime and our sampler on one GPUDevice. The runtime's logits are read where they lie, the drawn ids are written
// where the next run reads them, and caches are copied by the GPU: a step brings a few dozen bytes a row to the CPU.

import type { Gpu } from '../gpu/device.ts';
import { part, type Slice } from '../gpu/slice.ts';
import { type DecoderGraph, idTensor, runGraph } from './decoderGraph.ts';
import { gpuRank } from './gpuRank.ts';
import { GpuStepSampler } from './gpuStepSampler.ts';
import { lastLogits } from './lastLogits.ts';
import { wrongVocabulary } from './llmError.ts';
import {
  type Machine,
  type RankedLogits,
  type RankRequest,
  Snapshot,
  type StepSampler,
  type StepSamplerOptions,
} from './machine.ts';
import { ort } from './runtime.ts';

export class GpuMachine implements Machine<Slice> {
  readonly gpu: Gpu;
  readonly vocabulary: number;
  readonly #graph: DecoderGraph;
  readonly #dispose: () => Promise<void>;

  constructor(gpu: Gpu, graph: DecoderGraph, vocabulary: number, dispose: () => Promise<void>) {
    this.gpu = gpu;
    this.#graph = graph;
    this.vocabulary = vocabulary;
    this.#dispose = dispose;
  }

  run(ids: Int32Array, rows: number, behind: Snapshot<Slice> | null): Promise<Snapshot<Slice>> {
    return this.runTensor(idTensor(ids, rows), behind);
  }

  /** As run, of ids that may lie on the GPU. */
  async runTensor(ids: ort.Tensor, behind: Snapshot<Slice> | null): Promise<Snapshot<Slice>> {
    this.gpu.check();
    const pastLength = behind?.length ?? 0;
    const [rows, count] = ids.dims as [number, number];
    const out = await runGraph(this.#graph, ids, behind?.cache ?? null, pastLength).catch(async (cause: unknown) => {
      throw await this.gpu.explanationOf(cause);
    });
    const cache = new Map(this.#graph.cache.map(({ past, present }) => [past, out[present]!]));
    const free = () => {
      for (const tensor of cache.values()) tensor.dispose();
    };
    try {
      const logits = await this.#logits(out['logits']!);
      return new Snapshot(rows, pastLength + count, cache, logits.slice, () => {
        free();
        logits.free();
      });
    } catch (cause) {
      free();
      throw cause;
    }
  }

  /** The last position's logits of each row: in place where they are just these in f32, else in a buffer of our own. */
  async #logits(tensor: ort.Tensor): Promise<{ readonly slice: Slice; readonly free: () => void }> {
    const [rows, positions, vocabulary] = tensor.dims as [number, number, number];
    const isHalf = tensor.type === 'float16';
    const buffer = tensor.gpuBuffer as GPUBuffer;
    if (vocabulary !== this.vocabulary) {
      tensor.dispose();
      throw wrongVocabulary(vocabulary, this.vocabulary);
    }
    if (positions === 1 && !isHalf)
      return { slice: { buffer, offset: 0, size: 4 * rows * vocabulary }, free: () => tensor.dispose() };
    try {
      const slice = await lastLogits(this.gpu, { buffer, rows, positions, vocabulary, isHalf });
      return { slice, free: () => slice.buffer.destroy() };
    } finally {
      tensor.dispose();
    }
  }

  async pick(from: Snapshot<Slice>, rows: readonly number[], length: number): Promise<Snapshot<Slice>> {
    const { gpu } = this;
    const owned: Slice[] = [];
    const copy: { from: Slice; to: Slice }[] = [];
    const own = (label: string, bytes: number) => {
      const slice = gpu.storage(label, bytes);
      owned.push(slice);
      return slice;
    };
    const free = () => {
      for (const { buffer } of owned) buffer.destroy();
    };
    try {
      const cache = new Map<string, ort.Tensor>();
      for (const [name, tensor] of from.cache) {
        const [, heads, positions, width] = tensor.dims as [number, number, number, number];
        const bytes = tensor.type === 'float16' ? 2 : 4;
        const source = tensor.gpuBuffer as GPUBuffer;
        const target = own(`copied ${name}`, rows.length * heads * length * width * bytes);
        // [rows, heads, positions, width]: whole rows lie together, shortened ones head by head.
        const runs = length === positions ? 1 : heads;
        const oldStride = ((heads * positions * width) / runs) * bytes;
        const size = ((heads * length * width) / runs) * bytes;
        rows.forEach((row, at) => {
          for (let run = 0; run < runs; run++)
            copy.push({
              from: { buffer: source, offset: (row * runs + run) * oldStride, size },
              to: { buffer: target.buffer, offset: (at * runs + run) * size, size },
            });
        });
        const dims = [rows.length, heads, length, width];
        const dataType = tensor.type as 'float32' | 'float16';
        cache.set(name, ort.Tensor.fromGpuBuffer(target.buffer, { dataType, dims }));
      }
      let logits: Slice | null = null;
      if (length === from.length && from.logits !== null) {
        const { vocabulary } = this;
        const target = own('copied logits', 4 * rows.length * vocabulary);
        for (const [at, row] of rows.entries())
          copy.push({
            from: part(from.logits, row * vocabulary, vocabulary),
            to: part(target, at * vocabulary, vocabulary),
          });
        logits = { ...target, size: 4 * rows.length * vocabulary };
      }
      await gpu.submit({ label: 'copy caches', copy });
      return new Snapshot(rows.length, length, cache, logits, free);
    } catch (cause) {
      free();
      throw cause;
    }
  }

  sampler(options: StepSamplerOptions): Promise<StepSampler<Slice>> {
    return GpuStepSampler.create(this, options);
  }

  rank({ logits }: Snapshot<Slice>, row: number, request: RankRequest): Promise<RankedLogits> {
    return gpuRank(this.gpu, logits!, this.vocabulary, row, request);
  }

  get failure(): unknown {
    return this.gpu.failure;
  }

  async destroy(): Promise<void> {
    try {
      await this.#dispose();
    } finally {
      this.gpu.destroy();
    }
  }
}
