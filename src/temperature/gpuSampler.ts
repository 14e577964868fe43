// The sampler of METHOD.md section 1 on the GPU: entropy queue -> threshold -> temperature -> draw, for all rows of a
// batch, with no round trip. It owns the state of the decode (row states, queues, records); a decoder encodes its own
// dispatches and then `dispatches`, step after step in one compute pass.

import type { Gpu } from '../gpu/device.ts';
import type { Dispatch } from '../gpu/kernel.ts';
import { part, type Slice } from '../gpu/slice.ts';
import { type SamplerConfig, SamplerConfigError } from './config.ts';
import type { TokenRecords } from './record.ts';
import { type BatchSettings, type SamplerSizes, samplerGlobals, samplerTables } from './samplerData.ts';
import {
  chooseSamplerShape,
  partialBytes,
  type SamplerBuffers,
  type SamplerShape,
  samplerDispatches,
  splitVectors,
} from './samplerKernels.ts';
import { type QueueMembers, queueMembers, type SamplerStructure, samplerStructure } from './samplerStructure.ts';

/** u32 words of a RowState (shaders/row_state.wgsl): token, length, generated, done. */
export const ROW_STATE_WORDS = 4;
/** u32 words of a token's record (shaders/token_record.wgsl). */
export const RECORD_WORDS = 8;

export interface GpuSamplerOptions {
  readonly rows: number;
  /** V. */
  readonly vocabulary: number;
  /** The prompt of each row. */
  readonly groups: ArrayLike<number>;
  readonly config: SamplerConfig;
  /** Most tokens a row can generate in a batch. */
  readonly maxNewTokens: number;
  /** [rows, V], raw logits of the newest token of each row; written by the decoder before each step. */
  readonly logits: Slice;
  /** How the work is shared out; what is absent is chosen by size and adapter. */
  readonly shape?: Partial<SamplerShape>;
}

/** A batch of rollouts. */
export interface SamplerStart {
  readonly seed: number;
  /** Default 0. */
  readonly stream?: number;
  /** Tokens in each row's sequence so far; default 0. */
  readonly lengths?: ArrayLike<number>;
  /** Newest token of each row; default 0. */
  readonly tokens?: ArrayLike<number>;
  /** Tokens that each row has drawn already, in a batch that is taken up again; default 0. */
  readonly generated?: ArrayLike<number>;
  /** Rows that take part; default all. */
  readonly live?: readonly boolean[];
  /** At most the sampler's; default the sampler's. */
  readonly maxNewTokens?: number;
  /** At most 16 ids that end a row; default none. */
  readonly stopTokens?: readonly number[];
  /** Tokens taken instead of the drawn ones, from the first new token on, one list a row. */
  readonly forced?: readonly ArrayLike<number>[];
}

/** What a row has done since `start`. */
export interface SampledRow {
  readonly records: TokenRecords;
  /** 'failed': its logits held a NaN, +infinity or nothing finite; the records end before that step. */
  readonly status: 'live' | 'done' | 'failed';
  /** The newest token. */
  readonly token: number;
}

/** Samples one token for every live row per step; see `dispatches`. */
export class GpuSampler {
  /** One step: encode after the logits are written. Rows that are done cost nothing. */
  readonly dispatches: readonly Dispatch[];
  /** RowState of each row (shaders/row_state.wgsl), for the decoder's kernels. */
  readonly state: Slice;
  /** [rows, maxNewTokens, 8 words], see shaders/token_record.wgsl. */
  readonly records: Slice;
  readonly shape: SamplerShape;

  readonly #gpu: Gpu;
  readonly #options: GpuSamplerOptions;
  readonly #structure: SamplerStructure;
  readonly #sizes: SamplerSizes;
  readonly #members: QueueMembers;
  readonly #globals: Slice;
  readonly #tables: Slice;
  readonly #queues: Slice;
  readonly #forced: Slice;
  readonly #buffers: Omit<SamplerBuffers, 'logits'>;
  #config: SamplerConfig;
  #batch: BatchSettings;

  private constructor(
    gpu: Gpu,
    options: GpuSamplerOptions,
    structure: SamplerStructure,
    sizes: SamplerSizes,
    members: QueueMembers,
    shape: SamplerShape,
    buffers: Omit<SamplerBuffers, 'logits'>,
    dispatches: readonly Dispatch[],
    batch: BatchSettings,
  ) {
    this.#gpu = gpu;
    this.#options = options;
    this.#structure = structure;
    this.#sizes = sizes;
    this.#members = members;
    this.shape = shape;
    this.#globals = buffers.globals;
    this.#tables = buffers.tables;
    this.#queues = buffers.queues;
    this.#forced = buffers.forced;
    this.state = buffers.state;
    this.records = buffers.records;
    this.#buffers = buffers;
    this.dispatches = dispatches;
    this.#config = options.config;
    this.#batch = batch;
  }

  /**
   * Allocates and compiles. Nothing is sampled before `start`.
   * @throws GpuError when the adapter cannot hold the buffers.
   */
  static async create(gpu: Gpu, options: GpuSamplerOptions): Promise<GpuSampler> {
    const { rows, vocabulary, groups, config, maxNewTokens, logits } = options;
    const members = queueMembers(config.queue.scope, groups);
    const structure = samplerStructure(config, groups, members.most * maxNewTokens);
    const shape = {
      ...chooseSamplerShape(gpu, rows, vocabulary, members, structure.capacity),
      ...options.shape,
    };
    const sizes: SamplerSizes = {
      rows,
      vocabulary,
      recordsARow: maxNewTokens,
      capacity: structure.capacity,
      splits: shape.splits,
      splitVectors: splitVectors(vocabulary, shape),
    };
    const batch = { seed: 0, stream: 0, maxNewTokens, stopTokens: [], hasForced: false };
    const buffers = {
      globals: gpu.uniform('sampler globals', samplerGlobals(config, sizes, members, batch)),
      tables: gpu.upload('sampler tables', samplerTables(config, groups, members)),
      partials: gpu.storage('sampler partials', rows * shape.splits * partialBytes(structure)),
      queues: gpu.storage('entropy queues', 4 * members.queues * (2 + structure.capacity)),
      state: gpu.storage('row states', 4 * ROW_STATE_WORDS * rows),
      records: gpu.storage('token records', 4 * RECORD_WORDS * rows * maxNewTokens),
      forced: gpu.storage('forced tokens', 4 * rows * maxNewTokens),
    };
    const dispatches = await samplerDispatches(gpu, sizes, structure, members, shape, { ...buffers, logits });
    return new GpuSampler(gpu, options, structure, sizes, members, shape, buffers, dispatches, batch);
  }

  /**
   * The dispatches of one step that reads other logits: for a decoder that writes each step's into a buffer of its own.
   * [rows, V] as GpuSamplerOptions.logits.
   */
  reading(logits: Slice): Promise<readonly Dispatch[]> {
    return samplerDispatches(this.#gpu, this.#sizes, this.#structure, this.#members, this.shape, {
      ...this.#buffers,
      logits,
    });
  }

  /** Begins a batch: all rows at their first new token; queues are emptied unless config.queue.keep. */
  start(start: SamplerStart): void {
    const { rows, maxNewTokens } = this.#options;
    const { forced } = start;
    const longest = start.maxNewTokens ?? maxNewTokens;
    if (longest < 1 || longest > maxNewTokens)
      throw new RangeError(
        `This sampler records 1 to ${maxNewTokens} new tokens a row, but ${longest} were asked for.`,
      );
    this.#batch = {
      seed: start.seed,
      stream: start.stream ?? 0,
      maxNewTokens: longest,
      stopTokens: start.stopTokens ?? [],
      hasForced: forced !== undefined,
    };
    this.#writeGlobals();
    const state = new Uint32Array(ROW_STATE_WORDS * rows);
    for (let row = 0; row < rows; row++) {
      const done = start.live?.[row] === false ? 1 : 0;
      const generated = start.generated?.[row] ?? 0;
      state.set([start.tokens?.[row] ?? 0, start.lengths?.[row] ?? 0, generated, done], ROW_STATE_WORDS * row);
    }
    this.#gpu.write(this.state, state);
    if (forced !== undefined) this.#writeForced(forced);
    if (!this.#config.queue.keep) this.clearQueues();
  }

  /**
   * Changes temperatures, thresholds, fractions, warm-up or truncation from the next step on.
   * @throws SamplerConfigError when the change needs other kernels or buffers: build a new sampler then.
   */
  setConfig(config: SamplerConfig): void {
    const { groups, maxNewTokens } = this.#options;
    const structure = samplerStructure(config, groups, this.#members.most * maxNewTokens);
    const same =
      config.queue.scope === this.#config.queue.scope &&
      config.queue.keep === this.#config.queue.keep &&
      JSON.stringify(structure) === JSON.stringify(this.#structure);
    if (!same)
      throw new SamplerConfigError(
        'This change of the sampler needs other kernels: the kind of rule, the queue and truncation on or off stay as they are within a batch.',
      );
    this.#config = config;
    this.#writeGlobals();
    this.#gpu.write(this.#tables, samplerTables(config, groups, this.#members));
  }

  /** Reads what every row has sampled since `start`. */
  async readRows(): Promise<SampledRow[]> {
    const { rows, maxNewTokens } = this.#options;
    const [stateBytes, recordBytes] = await this.#gpu.submit({
      label: 'read token records',
      read: [this.state, this.records],
    });
    const state = new Uint32Array(stateBytes!);
    return Array.from({ length: rows }, (_, row) => {
      const [token, , generated, done] = state.subarray(ROW_STATE_WORDS * row) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const first = 4 * RECORD_WORDS * row * maxNewTokens;
      return {
        token,
        status: (['live', 'done', 'failed'] as const)[done]!,
        records: unpackRecords(recordBytes!.slice(first, first + 4 * RECORD_WORDS * generated)),
      };
    });
  }

  /** The entropy queues, oldest entropy first, by queue index. */
  async readQueues(): Promise<Float32Array[]> {
    const { capacity } = this.#structure;
    const { queues } = this.#members;
    const bytes = await this.#gpu.read(this.#queues);
    const words = new Uint32Array(bytes);
    return Array.from({ length: queues }, (_, queue) => {
      const held = words[2 * queue]!;
      const next = words[2 * queue + 1]!;
      const ring = new Float32Array(bytes, 4 * (2 * queues + queue * capacity), capacity);
      return Float32Array.from({ length: held }, (_, i) => ring[(next + capacity - held + i) % capacity]!);
    });
  }

  /** Replaces the entropy queues (oldest first, by queue index); those not given become empty. */
  loadQueues(lists: readonly ArrayLike<number>[]): void {
    const { capacity } = this.#structure;
    const { queues } = this.#members;
    const words = new Uint32Array(queues * (2 + capacity));
    const floats = new Float32Array(words.buffer);
    for (let queue = 0; queue < queues; queue++) {
      const newest = Array.from(lists[queue] ?? []).slice(-capacity);
      words[2 * queue] = newest.length;
      words[2 * queue + 1] = newest.length % capacity;
      floats.set(newest, 2 * queues + queue * capacity);
    }
    this.#gpu.write(this.#queues, words);
  }

  clearQueues(): void {
    // The lengths say what of the rings counts.
    this.#gpu.write(part(this.#queues, 0, 2 * this.#members.queues), new Uint32Array(2 * this.#members.queues));
  }

  destroy(): void {
    for (const { buffer } of Object.values<Slice>(this.#buffers)) buffer.destroy();
  }

  #writeGlobals(): void {
    this.#gpu.write(this.#globals, samplerGlobals(this.#config, this.#sizes, this.#members, this.#batch));
  }

  #writeForced(forced: readonly ArrayLike<number>[]): void {
    const { rows, maxNewTokens, vocabulary } = this.#options;
    const words = new Uint32Array(rows * maxNewTokens);
    forced.forEach((list, row) => {
      for (let i = 0; i < Math.min(list.length, maxNewTokens); i++) {
        const token = list[i]!;
        if (token >= vocabulary)
          throw new RangeError(`The forced token ${token} is not in the vocabulary of ${vocabulary}.`);
        // 0 leaves the token to the draw.
        words[row * maxNewTokens + i] = Math.max(0, token + 1);
      }
    });
    this.#gpu.write(this.#forced, words);
  }
}

/** Records of one row from the words that the kernels wrote (shaders/token_record.wgsl). */
export function unpackRecords(bytes: ArrayBuffer): TokenRecords {
  const words = new Uint32Array(bytes);
  const floats = new Float32Array(bytes);
  const count = words.length / RECORD_WORDS;
  const at = (from: ArrayLike<number>, field: number) =>
    Array.from({ length: count }, (_, i) => from[RECORD_WORDS * i + field]!);
  return {
    ids: Int32Array.from(at(words, 0)),
    entropyNats: Float32Array.from(at(floats, 1)),
    thresholdNats: Float32Array.from(at(floats, 2)),
    queueLength: Int32Array.from(at(words, 3)),
    hot: Uint8Array.from(at(words, 4)),
    tau: Float32Array.from(at(floats, 5)),
    logpTau: Float32Array.from(at(floats, 6)),
    logp1: Float32Array.from(at(floats, 7)),
  };
}
