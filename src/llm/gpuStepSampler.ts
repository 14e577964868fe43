// The sampler of the small policies (src/temperature/gpuSampler.ts), drawing from the logits that a language model's
// runtime left on the same device.

import type { Gpu } from '../gpu/device.ts';
import type { Dispatch } from '../gpu/kernel.ts';
import { linearGrid, PlanBuilder, read, write } from '../gpu/plan.ts';
import { part, type Slice } from '../gpu/slice.ts';
import { GpuSampler, RECORD_WORDS, ROW_STATE_WORDS, unpackRecords } from '../temperature/gpuSampler.ts';
import { notFinite } from './llmError.ts';
import type { SamplerPlace, Snapshot, StepSampler, StepSamplerOptions, StepTaken, TokenRecord } from './machine.ts';
import { ort } from './runtime.ts';

const FAILED = 2;

/** A model on a GPU (gpuMachine.ts). */
export interface GpuRunner {
  readonly gpu: Gpu;
  readonly vocabulary: number;
  /** Runs ids int64 [rows, count] behind a snapshot. */
  runTensor(ids: ort.Tensor, behind: Snapshot<Slice>): Promise<Snapshot<Slice>>;
}

export class GpuStepSampler implements StepSampler<Slice> {
  readonly #machine: GpuRunner;
  readonly #options: StepSamplerOptions;
  readonly #sampler: GpuSampler;
  /** int64 [rows, 1]: what the model reads next. */
  readonly #ids: Slice;
  readonly #idTensor: ort.Tensor;
  /** One step's dispatches by the buffer of its logits: the runtime uses the same few again and again. */
  readonly #steps = new WeakMap<GPUBuffer, Promise<readonly Dispatch[]>>();
  #live: boolean[];
  #position = 0;

  private constructor(machine: GpuRunner, options: StepSamplerOptions, sampler: GpuSampler, ids: Slice) {
    this.#machine = machine;
    this.#options = options;
    this.#sampler = sampler;
    this.#ids = ids;
    this.#idTensor = ort.Tensor.fromGpuBuffer(ids.buffer, { dataType: 'int64', dims: [options.rows, 1] });
    this.#live = new Array<boolean>(options.rows).fill(true);
  }

  static async create(machine: GpuRunner, options: StepSamplerOptions): Promise<GpuStepSampler> {
    const { gpu, vocabulary } = machine;
    const { rows, config, maxNewTokens } = options;
    // Kernels are built for a buffer of logits, and each step brings its own.
    const none = gpu.storage('no logits', 4 * rows * vocabulary);
    try {
      const groups = new Int32Array(rows);
      const sampler = await GpuSampler.create(gpu, { rows, vocabulary, groups, config, maxNewTokens, logits: none });
      return new GpuStepSampler(machine, options, sampler, gpu.storage('next ids', 8 * rows));
    } finally {
      none.buffer.destroy();
    }
  }

  seek({ live, generated, tokens, queues }: SamplerPlace, forced: readonly (number | null)[]): void {
    const { seed, stream, stopTokens, maxNewTokens } = this.#options;
    this.#position = generated.reduce((most, n, row) => (live[row] ? Math.max(most, n) : most), 0);
    this.#live = [...live];
    const hasForced = forced.some((token) => token !== null);
    this.#sampler.start({
      seed,
      stream,
      maxNewTokens,
      stopTokens,
      live,
      generated,
      tokens,
      ...(hasForced && { forced: forced.map((token) => this.#listUpTo(token)) }),
    });
    this.#sampler.loadQueues(queues);
  }

  /** A list whose only token is the next one. */
  #listUpTo(token: number | null): Int32Array {
    const list = new Int32Array(this.#position + 1).fill(-1);
    if (token !== null) list[this.#position] = token;
    return list;
  }

  async step(from: Snapshot<Slice>, goesOn: boolean): Promise<StepTaken<Slice>> {
    const { gpu } = this.#machine;
    const { rows, maxNewTokens } = this.#options;
    const dispatches = await this.#dispatches(from.logits!);
    const record = (row: number) =>
      part(this.#sampler.records, (row * maxNewTokens + this.#position) * RECORD_WORDS, RECORD_WORDS);
    const drawing = gpu.submit({
      label: 'sample',
      dispatches,
      read: [this.#sampler.state, ...Array.from({ length: rows }, (_, row) => record(row))],
    });
    // If the run fails, that is what explains; the draw's own failure is heard behind it.
    drawing.catch(() => {});
    const next = goesOn ? await this.#machine.runTensor(this.#idTensor, from) : null;
    try {
      const [stateBytes, ...recordBytes] = await drawing;
      const state = new Uint32Array(stateBytes!);
      const doneOf = (row: number) => state[ROW_STATE_WORDS * row + ROW_STATE_WORDS - 1]!;
      const records = recordBytes.map((bytes, row): TokenRecord | null => {
        if (!this.#live[row]) return null;
        if (doneOf(row) === FAILED) throw notFinite();
        const { ids, ...fields } = unpackRecords(bytes);
        const [first] = ids;
        const rest = Object.entries(fields).map(([name, values]) => [name, values[0]!]);
        return { id: first!, ...Object.fromEntries(rest) } as TokenRecord;
      });
      this.#live = this.#live.map((live, row) => live && doneOf(row) === 0);
      this.#position += 1;
      return { records, next };
    } catch (cause) {
      next?.release();
      throw cause;
    }
  }

  /** The sampler's step on these logits, and the ids for the run behind it. */
  #dispatches(logits: Slice): Promise<readonly Dispatch[]> {
    let step = this.#steps.get(logits.buffer);
    if (step === undefined) {
      step = new PlanBuilder(this.#machine.gpu)
        .append(this.#sampler.reading(logits))
        .add(
          'next_ids.wgsl',
          { ROWS: this.#options.rows },
          [read(this.#sampler.state), write(this.#ids)],
          linearGrid(this.#options.rows),
        )
        .build();
      this.#steps.set(logits.buffer, step);
    }
    return step;
  }

  destroy(): void {
    this.#sampler.destroy();
    this.#ids.buffer.destroy();
  }
}
