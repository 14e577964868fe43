// Everything one pass over a packed batch needs, built once for a capacity: forward, scores, backward.

import type { Arena } from '../gpu/arena.ts';
import { Buffers } from '../gpu/buffers.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Dispatch } from '../gpu/kernel.ts';
import { Pace } from '../gpu/pace.ts';
import type { Slice } from '../gpu/slice.ts';
import type { TokenBatch, TokenScores } from './engine.ts';
import { allocateScratch, backwardPlan } from './gpuBackward.ts';
import { GpuBatch } from './gpuBatch.ts';
import { allocateActivations, forwardPlan } from './gpuForward.ts';
import { GpuHead } from './gpuHead.ts';
import type { ParameterLayout, PolicySlices } from './gpuParameters.ts';
import { type Sizes, sizesOf } from './gpuSizes.ts';

/** Activations of one pass take at most about this much; larger batches go in several passes. */
const PASS_BYTES = 512 * 2 ** 20;
/** A pass of more tokens than this would keep a GPU busy too long without a pause for the page. */
const MOST_TOKENS = 8192;
const LEAST_TOKENS = 256;

/** Tokens per pass for this policy. */
export function tokensPerPass(sizes: Sizes): number {
  const { config, q, qkv } = sizes;
  const perLayer = 4 * config.width + qkv + q + 2 * config.mlpWidth + config.heads + 2;
  const scratch = 4 * config.width + 4 * config.mlpWidth + q + qkv + config.heads;
  const tokens = Math.floor(PASS_BYTES / (4 * (config.layers * perLayer + scratch)));
  return Math.max(LEAST_TOKENS, Math.min(MOST_TOKENS, tokens));
}

/** A submit should take about this long. */
const SUBMIT_MS = 150;
/** Dispatches of the first submits, before it is known how long they take. */
const FIRST_DISPATCHES = 16;

export interface TrainingSpace {
  /** Most tokens of one pass. */
  readonly capacity: number;
  /** Most bytes of logits at once, but at least those of 64 tokens. */
  readonly logitBytes: number;
}

export class GpuTraining {
  readonly capacity: number;
  readonly #gpu: Gpu;
  readonly #memory: Buffers;
  readonly #batch: GpuBatch;
  readonly #head: GpuHead;
  readonly #pace = new Pace(SUBMIT_MS, FIRST_DISPATCHES);
  #forward: readonly Dispatch[] = [];
  #backward: readonly Dispatch[] = [];

  private constructor(memory: Buffers, batch: GpuBatch, head: GpuHead) {
    this.#memory = memory;
    this.#gpu = memory.gpu;
    this.#batch = batch;
    this.#head = head;
    this.capacity = batch.capacity;
  }

  /**
   * Builds the plan of passes of up to `capacity` tokens over these weights, into this gradient.
   * @throws GpuError 'limit' when the GPU cannot hold it; nothing is left allocated then
   */
  static async create(
    gpu: Gpu,
    layout: ParameterLayout,
    weights: Arena,
    gradient: Arena,
    space: TrainingSpace,
  ): Promise<GpuTraining> {
    const memory = new Buffers(gpu);
    try {
      return await GpuTraining.#build(memory, layout, layout.slices(weights), layout.slices(gradient), space);
    } catch (cause) {
      memory.destroy();
      throw cause;
    }
  }

  static async #build(
    memory: Buffers,
    layout: ParameterLayout,
    w: PolicySlices,
    g: PolicySlices,
    { capacity, logitBytes }: TrainingSpace,
  ): Promise<GpuTraining> {
    const { gpu } = memory;
    const sizes = sizesOf(layout.config);
    const batch = new GpuBatch(memory, sizes, capacity);
    const act = allocateActivations(memory, sizes, capacity);
    const scratch = allocateScratch(memory, sizes, capacity);
    const head = new GpuHead(memory, sizes, w, batch, logitBytes);
    const training = new GpuTraining(memory, batch, head);
    const [trunk, scores, headBack, trunkBack] = await Promise.all([
      forwardPlan(gpu, sizes, w, batch, act).build(),
      head.forward(act.hidden).build(),
      head.backward(act.hidden, scratch.dNormed, g.head).build(),
      backwardPlan(gpu, sizes, w, g, batch, act, scratch).build(),
    ]);
    training.#forward = [...trunk, ...scores];
    training.#backward = [...headBack, ...trunkBack];
    return training;
  }

  /** Forward of a batch that fits; activations stay for `backward`. Everything is encoded before the first await. */
  forward(batch: TokenBatch): Promise<TokenScores> {
    this.#load(batch);
    return this.#scores('forward', this.#forward, batch);
  }

  /** Adds the gradient of sum coef * logpTau at the activations that the last `forward` left. */
  async backward(coef: Float32Array): Promise<void> {
    this.#batch.loadCoefficients(coef);
    await this.#submit('backward', this.#backward, []);
  }

  /** Forward and backward without a wait between them, for coefficients known beforehand. */
  forwardBackward(batch: TokenBatch, coef: Float32Array): Promise<TokenScores> {
    this.#load(batch);
    this.#batch.loadCoefficients(coef);
    return this.#scores('forward and backward', [...this.#forward, ...this.#backward], batch);
  }

  destroy(): void {
    this.#memory.destroy();
  }

  #load(batch: TokenBatch): void {
    this.#batch.load(batch);
    this.#head.load();
  }

  async #scores(label: string, dispatches: readonly Dispatch[], batch: TokenBatch): Promise<TokenScores> {
    const bytes = await this.#submit(label, dispatches, [this.#head.scoresOf(batch.ids.length)]);
    return unpackScores(new Float32Array(bytes[0]!), batch.rowStart);
  }

  /** Submits the dispatches in parts that take about SUBMIT_MS each, all encoded before the first await. */
  async #submit(label: string, dispatches: readonly Dispatch[], read: readonly Slice[]): Promise<ArrayBuffer[]> {
    const began = performance.now();
    const each = this.#pace.units;
    const parts: Promise<ArrayBuffer[]>[] = [];
    for (let first = 0; first < dispatches.length; first += each) {
      const last = first + each >= dispatches.length;
      const part = dispatches.slice(first, first + each);
      parts.push(this.#gpu.submit({ label, dispatches: part, read: last ? read : [] }));
    }
    const results = await Promise.all(parts);
    this.#pace.done(dispatches.length, began);
    return results.at(-1)!;
  }
}

/** [tokens, 4] as the scores kernel writes it, to arrays; a row's first token is predicted by nothing and gets 0. */
function unpackScores(flat: Float32Array, rowStart: Int32Array): TokenScores {
  const tokens = flat.length / 4;
  const logp1 = new Float32Array(tokens);
  const logpTau = new Float32Array(tokens);
  const entropyNats = new Float32Array(tokens);
  for (let row = 0; row + 1 < rowStart.length; row++) {
    for (let i = rowStart[row]! + 1; i < rowStart[row + 1]!; i++) {
      logp1[i] = flat[4 * i]!;
      logpTau[i] = flat[4 * i + 1]!;
      entropyNats[i] = flat[4 * i + 2]!;
    }
  }
  return { logp1, logpTau, entropyNats };
}
