// ONNX Runtime's WebAssembly and the CPU sampler, for browsers without WebGPU. Slow, but the same numbers.

import { widenF16 } from '../policy/halfFloat.ts';
import { CpuSampler, type SamplerStep } from '../temperature/cpuSampler.ts';
import { cpuRank } from './cpuRank.ts';
import { type DecoderGraph, idTensor, runGraph } from './decoderGraph.ts';
import { notFinite, wrongVocabulary } from './llmError.ts';
import {
  type Machine,
  type RankedLogits,
  type RankRequest,
  type SamplerPlace,
  Snapshot,
  type StepSampler,
  type StepSamplerOptions,
  type StepTaken,
} from './machine.ts';
import { ort } from './runtime.ts';

export class CpuMachine implements Machine<Float32Array> {
  readonly vocabulary: number;
  readonly #graph: DecoderGraph;
  readonly #dispose: () => Promise<void>;

  constructor(graph: DecoderGraph, vocabulary: number, dispose: () => Promise<void>) {
    this.#graph = graph;
    this.vocabulary = vocabulary;
    this.#dispose = dispose;
  }

  async run(ids: Int32Array, rows: number, behind: Snapshot<Float32Array> | null): Promise<Snapshot<Float32Array>> {
    const pastLength = behind?.length ?? 0;
    const out = await runGraph(this.#graph, idTensor(ids, rows), behind?.cache ?? null, pastLength);
    const cache = new Map(this.#graph.cache.map(({ past, present }) => [past, out[present]!]));
    const logits = this.#logits(out['logits']!);
    return new Snapshot(rows, pastLength + ids.length / rows, cache, logits, () => {
      for (const tensor of cache.values()) tensor.dispose();
    });
  }

  /** The last position's logits of each row. */
  #logits(tensor: ort.Tensor): Float32Array {
    const [rows, positions, vocabulary] = tensor.dims as [number, number, number];
    if (vocabulary !== this.vocabulary) throw wrongVocabulary(vocabulary, this.vocabulary);
    const { buffer, byteOffset, length } = tensor.data as Float32Array;
    const all =
      tensor.type === 'float16'
        ? widenF16(new Uint16Array(buffer, byteOffset, length))
        : new Float32Array(buffer, byteOffset, length);
    const last = new Float32Array(rows * vocabulary);
    for (let row = 0; row < rows; row++) {
      const end = (row + 1) * positions * vocabulary;
      last.set(all.subarray(end - vocabulary, end), row * vocabulary);
    }
    tensor.dispose();
    return last;
  }

  async pick(from: Snapshot<Float32Array>, rows: readonly number[], length: number): Promise<Snapshot<Float32Array>> {
    const cache = new Map<string, ort.Tensor>();
    for (const [name, tensor] of from.cache) {
      const [, heads, positions, width] = tensor.dims as [number, number, number, number];
      const source = tensor.data as Float32Array | Uint16Array;
      const target = source.slice(0, 0).constructor as Float32ArrayConstructor | Uint16ArrayConstructor;
      const copy = new target(rows.length * heads * length * width);
      rows.forEach((row, at) => {
        for (let head = 0; head < heads; head++) {
          const start = (row * heads + head) * positions * width;
          copy.set(source.subarray(start, start + length * width), (at * heads + head) * length * width);
        }
      });
      const dims = [rows.length, heads, length, width];
      cache.set(
        name,
        tensor.type === 'float16'
          ? new ort.Tensor('float16', copy as Uint16Array, dims)
          : new ort.Tensor('float32', copy as Float32Array, dims),
      );
    }
    const { vocabulary } = this;
    let logits: Float32Array | null = null;
    if (length === from.length && from.logits !== null) {
      logits = new Float32Array(rows.length * vocabulary);
      for (const [at, row] of rows.entries()) logits.set(rowOf(from.logits, row, vocabulary), at * vocabulary);
    }
    return new Snapshot(rows.length, length, cache, logits, () => {
      for (const tensor of cache.values()) tensor.dispose();
    });
  }

  async sampler(options: StepSamplerOptions): Promise<StepSampler<Float32Array>> {
    return new CpuStepSampler(this, options);
  }

  async rank({ logits }: Snapshot<Float32Array>, row: number, request: RankRequest): Promise<RankedLogits> {
    return cpuRank(rowOf(logits!, row, this.vocabulary), request);
  }

  get failure(): unknown {
    return null;
  }

  destroy(): Promise<void> {
    return this.#dispose();
  }
}

const rowOf = (logits: Float32Array, row: number, vocabulary: number) =>
  logits.subarray(row * vocabulary, (row + 1) * vocabulary);

class CpuStepSampler implements StepSampler<Float32Array> {
  readonly #machine: CpuMachine;
  readonly #options: StepSamplerOptions;
  #sampler: CpuSampler | null = null;
  #live: boolean[] = [];
  #tokens: Int32Array = new Int32Array();
  #forced: Int32Array | undefined;

  constructor(machine: CpuMachine, options: StepSamplerOptions) {
    this.#machine = machine;
    this.#options = options;
  }

  seek({ live, generated, tokens, queues }: SamplerPlace, forced: readonly (number | null)[]): void {
    const { rows, config, seed, stream } = this.#options;
    const { vocabulary } = this.#machine;
    this.#sampler = new CpuSampler(config, {
      groups: new Int32Array(rows),
      vocabulary,
      seed,
      stream,
      queues,
      generated,
    });
    this.#live = [...live];
    this.#tokens = Int32Array.from(tokens);
    this.#forced = Int32Array.from({ length: rows }, (_, row) => forced[row] ?? -1);
  }

  async step(from: Snapshot<Float32Array>, goesOn: boolean): Promise<StepTaken<Float32Array>> {
    const taken = this.#draw(from.logits!);
    this.#forced = undefined;
    const records = this.#live.map((live, row) =>
      live
        ? {
            id: taken.token[row]!,
            entropyNats: taken.entropyNats[row]!,
            thresholdNats: taken.thresholdNats[row]!,
            queueLength: taken.queueLength[row]!,
            hot: taken.hot[row]!,
            tau: taken.tau[row]!,
            logpTau: taken.logpTau[row]!,
            logp1: taken.logp1[row]!,
          }
        : null,
    );
    for (const [row, record] of records.entries()) if (record !== null) this.#tokens[row] = record.id;
    const { stopTokens } = this.#options;
    this.#live = records.map((record) => record !== null && !stopTokens.includes(record.id));
    const next = goesOn ? await this.#machine.run(this.#tokens, this.#options.rows, from) : null;
    return { records, next };
  }

  #draw(logits: Float32Array): SamplerStep {
    try {
      return this.#sampler!.step(logits, this.#live, this.#forced);
    } catch (cause) {
      // Its one complaint about logits: a NaN among them, or none that is finite.
      throw cause instanceof RangeError ? notFinite() : cause;
    }
  }

  /** Nothing is held but arrays. */
  destroy(): void {
    this.#sampler = null;
  }
}
