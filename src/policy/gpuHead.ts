// The head in chunks of tokens: logits of a chunk, their scores, and (backward) their gradient in the same place.
// [tokens, V] never exists for a large V: a chunk's logits stay within a given number of bytes.

import type { Buffers } from '../gpu/buffers.ts';
import type { Gpu } from '../gpu/device.ts';
import { groupsOf, linearGrid, PlanBuilder, read, uniform, write } from '../gpu/plan.ts';
import { part, type Slice } from '../gpu/slice.ts';
import type { GpuBatch } from './gpuBatch.ts';
import type { PolicySlices } from './gpuParameters.ts';
import { Products } from './gpuProducts.ts';
import type { Sizes } from './gpuSizes.ts';

/** Chunks start at multiples of this many tokens, so that every slice of rows can be bound. */
const CHUNK_TOKENS = 64;
/** Up to this vocabulary one thread does a whole token; beyond, 64 share it. */
const SMALL_VOCABULARY = 512;
const SCORE_FLOATS = 4;

interface HeadChunk {
  readonly first: number;
  /** Struct Chunk of shaders/chunk.wgsl. */
  readonly at: Slice;
  /** Its tokens of the batch at hand. */
  readonly tokens: () => number;
  readonly products: Products;
}

export class GpuHead {
  /** [tokens, 4]: logp1, logpTau, entropy, 0; aligned with the predicted token. */
  readonly scores: Slice;
  /** True when one chunk holds every batch: its logits then survive from forward to backward. */
  readonly single: boolean;
  readonly #gpu: Gpu;
  readonly #sizes: Sizes;
  readonly #weights: PolicySlices;
  readonly #batch: GpuBatch;
  readonly #chunkTokens: number;
  readonly #chunks: readonly HeadChunk[];
  readonly #logits: Slice;
  readonly #norms: Slice;

  /** @param logitBytes most that the logits of one chunk take, but at least CHUNK_TOKENS tokens */
  constructor(memory: Buffers, sizes: Sizes, weights: PolicySlices, batch: GpuBatch, logitBytes: number) {
    const { vocabulary } = sizes.config;
    const { gpu } = memory;
    this.#gpu = gpu;
    this.#sizes = sizes;
    this.#weights = weights;
    this.#batch = batch;
    const fitting = Math.floor(logitBytes / (4 * vocabulary * CHUNK_TOKENS)) * CHUNK_TOKENS;
    this.#chunkTokens = Math.min(batch.capacity, Math.max(CHUNK_TOKENS, fitting));
    this.#logits = memory.storage('logits', 4 * this.#chunkTokens * vocabulary);
    this.scores = memory.storage('scores', 4 * SCORE_FLOATS * batch.capacity);
    this.#norms = memory.storage('logit norms', 8 * batch.capacity);
    this.#chunks = Array.from({ length: Math.ceil(batch.capacity / this.#chunkTokens) }, (_, i) => {
      const first = i * this.#chunkTokens;
      const at = memory.uniform(`chunk ${i}`, new Uint32Array(4));
      const tokens = () => this.#tokensOf(first);
      return { first, at, tokens, products: new Products(gpu, tokens, this.#chunkTokens) };
    });
    this.single = this.#chunks.length === 1;
  }

  /** To be called after every load of the batch: tells each chunk how many tokens it has. */
  load(): void {
    for (const { first, at } of this.#chunks) this.#gpu.write(at, Uint32Array.of(this.#tokensOf(first), first, 0, 0));
  }

  scoresOf(tokens: number): Slice {
    return part(this.scores, 0, SCORE_FLOATS * tokens);
  }

  /** Scores of every token from the normed rows `hidden`. */
  forward(hidden: Slice): PlanBuilder {
    const plan = new PlanBuilder(this.#gpu);
    for (const chunk of this.#chunks) {
      this.#addLogits(plan, hidden, chunk);
      this.#addScores(plan, chunk);
    }
    return plan;
  }

  /**
   * Gradient of sum coef * logpTau: dHidden is written, the head's gradient accumulated. Reads what `forward` left.
   */
  backward(hidden: Slice, dHidden: Slice, dHead: Slice): PlanBuilder {
    const plan = new PlanBuilder(this.#gpu);
    const { vocabulary: V, width } = this.#sizes.config;
    const batch = this.#batch;
    for (const chunk of this.#chunks) {
      if (!this.single) this.#addLogits(plan, hidden, chunk);
      plan.add(
        'logits_backward.wgsl',
        { V },
        [
          uniform(batch.sizes),
          uniform(chunk.at),
          read(batch.ids),
          read(batch.positions),
          read(batch.tau),
          read(batch.coef),
          read(this.#norms),
          write(this.#logits),
        ],
        () => linearGrid(chunk.tokens() * V),
      );
      const head = { outputs: V, inputs: width, dy: this.#logits };
      plan.append(
        chunk.products.backwardInput({ ...head, w: this.#weights.head, dx: this.#rows(dHidden, chunk.first) }),
      );
      plan.append(chunk.products.backwardWeight({ ...head, x: this.#rows(hidden, chunk.first), dw: dHead }));
    }
    return plan;
  }

  /** Tokens of the batch in the chunk that starts at `first`. */
  #tokensOf(first: number): number {
    return Math.max(0, Math.min(this.#chunkTokens, this.#batch.tokens - first));
  }

  /** Rows of a [capacity, d] buffer that belong to the chunk starting at token `first`. */
  #rows(slice: Slice, first: number): Slice {
    const { width } = this.#sizes.config;
    return part(slice, first * width, Math.min(this.#chunkTokens, this.#batch.capacity - first) * width);
  }

  #addLogits(plan: PlanBuilder, hidden: Slice, chunk: HeadChunk): void {
    const { vocabulary, width } = this.#sizes.config;
    plan.append(
      chunk.products.forward({
        outputs: vocabulary,
        inputs: width,
        x: this.#rows(hidden, chunk.first),
        w: this.#weights.head,
        y: this.#logits,
      }),
    );
  }

  #addScores(plan: PlanBuilder, chunk: HeadChunk): void {
    const { vocabulary: V } = this.#sizes.config;
    const shared = V > SMALL_VOCABULARY;
    const lanes = shared ? 64 : 1;
    const batch = this.#batch;
    plan.add(
      'scores.wgsl',
      { V, LANES: lanes, SHARED: shared },
      [
        uniform(batch.sizes),
        uniform(chunk.at),
        read(batch.ids),
        read(batch.positions),
        read(batch.tau),
        read(this.#logits),
        write(this.scores),
        write(this.#norms),
      ],
      () => [groupsOf(chunk.tokens(), 64 / lanes), 1, 1],
    );
  }
}
