// Decoding with a key/value cache: one token a row and step, everything on the GPU. A step is 5 dispatches a layer:
//   norm + qkv · rope + cache + attention · output + residual · norm + gate, up + SwiGLU · down + residual
// and the head. The sampler's dispatches follow in the same compute pass and advance the row states.

import { Buffers } from '../gpu/buffers.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Dispatch } from '../gpu/kernel.ts';
import { groupsOf, linearGrid, PlanBuilder, read, write } from '../gpu/plan.ts';
import type { Slice } from '../gpu/slice.ts';
import { splitRows } from './batch.ts';
import { GpuBatch } from './gpuBatch.ts';
import { allocateActivations, forwardPlan } from './gpuForward.ts';
import type { PolicySlices } from './gpuParameters.ts';
import { Products } from './gpuProducts.ts';
import { attentionConstants, columns, ropeConstants, ropeTable, type Sizes } from './gpuSizes.ts';

/** Threads that share one (row, head) of attention on a GPU; software does better with one. */
const LANES = 16;
const THREADS = 32;
/** A wide head's partial sums need fewer threads to fit into workgroup memory. */
const THREADS_WIDE = 16;
const WIDE_HEAD = 64;

export interface DecodeSpace {
  readonly rows: number;
  /** Positions of the cache. */
  readonly length: number;
  /** Prompt tokens of one prefill pass. */
  readonly promptTokens: number;
}

interface LayerCache {
  readonly keys: Slice;
  readonly values: Slice;
}

/** What one step passes from kernel to kernel; [rows, width] each. */
interface StepRows {
  readonly x: Slice;
  /** q, k and v before RoPE. */
  readonly projected: Slice;
  readonly attention: Slice;
  readonly mlp: Slice;
}

export class GpuDecode {
  readonly space: DecodeSpace;
  /** [rows, V], written by each step. */
  readonly logits: Slice;
  readonly #gpu: Gpu;
  readonly #memory: Buffers;
  readonly #sizes: Sizes;
  readonly #weights: PolicySlices;
  readonly #cache: readonly LayerCache[];
  readonly #rope: Slice;
  readonly #rows: StepRows;
  readonly #prompts: GpuBatch;
  /** [rows] of (first packed prompt token, tokens to copy), see shaders/decode_cache.wgsl. */
  readonly #sources: Slice;
  #prefill: readonly Dispatch[] = [];

  static async create(gpu: Gpu, sizes: Sizes, weights: PolicySlices, space: DecodeSpace): Promise<GpuDecode> {
    const decode = new GpuDecode(gpu, sizes, weights, space);
    try {
      decode.#prefill = await decode.#prefillPlan();
      return decode;
    } catch (cause) {
      decode.destroy();
      throw cause;
    }
  }

  private constructor(gpu: Gpu, sizes: Sizes, weights: PolicySlices, space: DecodeSpace) {
    const { config, q, kv, qkv } = sizes;
    const memory = new Buffers(gpu);
    this.#gpu = gpu;
    this.#memory = memory;
    this.#sizes = sizes;
    this.#weights = weights;
    this.space = space;
    this.logits = memory.storage('decode logits', 4 * space.rows * config.vocabulary);
    const cacheBytes = 4 * space.rows * space.length * kv;
    this.#cache = Array.from({ length: config.layers }, (_, l) => ({
      keys: memory.storage(`keys ${l}`, cacheBytes),
      values: memory.storage(`values ${l}`, cacheBytes),
    }));
    this.#rope = memory.upload('decode rope table', ropeTable(config, space.length));
    const rowsOf = (label: string, count: number) => memory.storage(label, 4 * space.rows * count);
    this.#rows = {
      x: rowsOf('decode x', config.width),
      projected: rowsOf('decode qkv', qkv),
      attention: rowsOf('decode attention', q),
      mlp: rowsOf('decode mlp', config.mlpWidth),
    };
    this.#prompts = new GpuBatch(memory, sizes, space.promptTokens);
    this.#sources = memory.storage('prompt sources', 8 * space.rows);
  }

  /** The dispatches of one step, from the row states to the logits. */
  async step(state: Slice): Promise<readonly Dispatch[]> {
    const { config, q, qkv } = this.#sizes;
    const { width, mlpWidth, headWidth, heads } = config;
    const { rows } = this.space;
    const { x, projected, attention, mlp } = this.#rows;
    const products = new Products(this.#gpu, () => rows, rows);
    const norm = (gain: Slice) => ({ gain, epsilon: config.rmsEpsilon });
    const wide = columns(width);
    const lanes = this.#gpu.isSoftware ? 1 : LANES;
    const threads = headWidth > WIDE_HEAD ? THREADS_WIDE : THREADS;

    const plan = new PlanBuilder(this.#gpu);
    plan.add(
      'decode_embed.wgsl',
      { ...wide, ROWS: rows },
      [read(state), read(this.#weights.embedding), write(x)],
      linearGrid(rows * wide.COLUMNS),
    );
    this.#weights.layers.forEach((w, l) => {
      const cache = this.#cache[l]!;
      plan.append(
        products.forward({
          outputs: qkv,
          inputs: width,
          x,
          norm: norm(w.inputNorm),
          w: w.qkv,
          bias: w.qkvBias,
          y: projected,
        }),
      );
      plan.add(
        'decode_attention.wgsl',
        {
          ...ropeConstants(config),
          ROWS: rows,
          LENGTH: this.space.length,
          LANES: lanes,
          THREADS: threads,
          SHARED: lanes > 1,
        },
        [read(state), read(this.#rope), read(projected), write(cache.keys), write(cache.values), write(attention)],
        [groupsOf(rows * heads, threads / lanes), 1, 1],
      );
      plan.append(products.forward({ outputs: width, inputs: q, x: attention, w: w.output, y: x, accumulate: true }));
      plan.append(
        products.forward({
          outputs: mlpWidth,
          inputs: width,
          x,
          norm: norm(w.mlpNorm),
          w: w.gateUp,
          gated: true,
          y: mlp,
        }),
      );
      plan.append(products.forward({ outputs: width, inputs: mlpWidth, x: mlp, w: w.down, y: x, accumulate: true }));
    });
    const head = { outputs: config.vocabulary, inputs: width, x, norm: norm(this.#weights.finalNorm) };
    plan.append(products.forward({ ...head, w: this.#weights.head, y: this.logits }));
    return plan.build();
  }

  /**
   * Fills the cache with every row's prompt but its last token, which the first step reads.
   * Rows with the same prompt share one prefill.
   */
  async fill(prompts: readonly Int32Array[]): Promise<void> {
    const unique = new Map<string, { readonly ids: Int32Array; readonly rows: number[] }>();
    prompts.forEach((ids, row) => {
      if (ids.length < 2) return;
      const key = ids.join();
      const same = unique.get(key);
      if (same === undefined) unique.set(key, { ids: ids.subarray(0, -1), rows: [row] });
      else same.rows.push(row);
    });
    const list = [...unique.values()];
    if (list.length === 0) return;
    const rowStart = new Int32Array(list.length + 1);
    list.forEach(({ ids }, i) => {
      rowStart[i + 1] = rowStart[i]! + ids.length;
    });
    const passes = splitRows(rowStart, this.space.promptTokens).map(([from, to]) => {
      const starts = rowStart.slice(from, to + 1).map((s) => s - rowStart[from]!);
      const ids = new Int32Array(starts.at(-1)!);
      const sources = new Uint32Array(2 * this.space.rows);
      list.slice(from, to).forEach((prompt, i) => {
        ids.set(prompt.ids, starts[i]!);
        for (const row of prompt.rows) sources.set([starts[i]!, prompt.ids.length], 2 * row);
      });
      this.#prompts.load({ ids, rowStart: starts, tau: new Float32Array(ids.length).fill(1) });
      this.#gpu.write(this.#sources, sources);
      return this.#gpu.submit({ label: 'prefill', dispatches: this.#prefill });
    });
    await Promise.all(passes);
  }

  destroy(): void {
    this.#memory.destroy();
  }

  async #prefillPlan(): Promise<readonly Dispatch[]> {
    const { config, kv } = this.#sizes;
    const act = allocateActivations(this.#memory, this.#sizes, this.space.promptTokens);
    const plan = forwardPlan(this.#gpu, this.#sizes, this.#weights, this.#prompts, act);
    const four = columns(config.headWidth).FOUR ? 4 : 1;
    this.#cache.forEach((cache, l) => {
      plan.add(
        'decode_cache.wgsl',
        { ...attentionConstants(config), LENGTH: this.space.length },
        [read(this.#sources), read(act.layers[l]!.qkv), write(cache.keys), write(cache.values)],
        () => [groupsOf(kv / four, 32), this.#prompts.longest, this.space.rows],
      );
    });
    return plan.build();
  }
}
