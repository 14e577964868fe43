// The decoder's forward for decoding: a few tokens of several rows at once, with cached keys and values.
//
//   x = E[ids]
//   each layer:  x = x + Wo attention(rope(Wq n + bq), rope(Wk n + bk), Wv n + bv),  n = rmsNorm(x)
//                x = x + Wdown(silu(Wgate m) * Wup m),                              m = rmsNorm(x)
//   logits = H rmsNorm(x),  H = E when tied
//
// The products, where nearly all the arithmetic is, run in wasm; what is between them is plain TypeScript on views of
// the same memory.

import type { PolicyConfig } from '../policy/config.ts';
import { EMBEDDING, FINAL_NORM, HEAD } from '../policy/parameters.ts';
import { type RopeTable, ropeTable } from '../policy/ropeTable.ts';
import type { Arena } from './arena.ts';
import { attendHead, rmsNorm, rotateHeads, swiglu } from './decodeOperations.ts';
import type { KvCache } from './kvCache.ts';
import { Linear } from './linear.ts';
import { compileProduct, type Product } from './product.ts';
import { type WasmArray, WasmHeap } from './wasmHeap.ts';

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Tokens of one forward: a multiple of the product's row tile; 64 tokens of a small policy stay in the L2 cache. */
export const MOST_TOKENS = 64;

/** Tokens to run, one entry a token; those of one row in rising position. At most MOST_TOKENS. */
export interface DecodeTokens {
  readonly ids: readonly number[];
  readonly rows: readonly number[];
  /** Of the token in its row; the row's earlier tokens are in the cache or in this list. */
  readonly positions: readonly number[];
}

interface Layer {
  readonly attentionNorm: Float32Array;
  /** q, k and v as one product. */
  readonly qkv: Linear;
  readonly output: Linear;
  readonly mlpNorm: Float32Array;
  /** gate and up as one product. */
  readonly gateUp: Linear;
  readonly down: Linear;
}

export class Decoder {
  private readonly config: PolicyConfig;
  private readonly embedding: Float32Array;
  private readonly layers: readonly Layer[];
  private readonly finalNorm: Float32Array;
  private readonly head: Linear;
  private packed = false;
  private rope: RopeTable;
  /** Attention weights of one query, as long as the longest row so far. */
  private weights = new Float32Array(0);
  /** Activations of MOST_TOKENS tokens; what a product writes has its stride. */
  private readonly residual: WasmArray;
  private readonly normed: WasmArray;
  private readonly qkv: WasmArray;
  private readonly attended: WasmArray;
  private readonly gateUp: WasmArray;
  private readonly hidden: WasmArray;
  private readonly logits: WasmArray;

  /** Call parametersChanged() after writing to `parameters`. @throws RangeError for more than wasm's memory */
  static async create(config: PolicyConfig, parameters: Arena): Promise<Decoder> {
    const heap = new WasmHeap();
    return new Decoder(config, parameters, heap, await compileProduct(heap.memory));
  }

  private constructor(c: PolicyConfig, parameters: Arena, heap: WasmHeap, product: Product) {
    const at = (name: string) => parameters.entries.get(name)!.data;
    /** Neighbours in the arena as one array. */
    const joined = (first: string, last: string) => {
      const start = at(first).byteOffset - parameters.data.byteOffset;
      const end = at(last).byteOffset + at(last).byteLength - parameters.data.byteOffset;
      return parameters.data.subarray(start / BYTES, end / BYTES);
    };
    const linear = (weight: Float32Array, outWidth: number, bias: Float32Array | null = null) =>
      new Linear(heap, product, weight, outWidth, bias);
    const qWidth = c.heads * c.headWidth;
    const qkvWidth = qWidth + 2 * c.kvHeads * c.headWidth;

    this.config = c;
    this.embedding = at(EMBEDDING);
    this.layers = Array.from({ length: c.layers }, (_, l) => {
      const p = `model.layers.${l}.`;
      const qkvBias = joined(`${p}self_attn.q_proj.bias`, `${p}self_attn.v_proj.bias`);
      return {
        attentionNorm: at(`${p}input_layernorm.weight`),
        qkv: linear(joined(`${p}self_attn.q_proj.weight`, `${p}self_attn.v_proj.weight`), qkvWidth, qkvBias),
        output: linear(at(`${p}self_attn.o_proj.weight`), c.width),
        mlpNorm: at(`${p}post_attention_layernorm.weight`),
        gateUp: linear(joined(`${p}mlp.gate_proj.weight`, `${p}mlp.up_proj.weight`), 2 * c.mlpWidth),
        down: linear(at(`${p}mlp.down_proj.weight`), c.width),
      };
    });
    this.finalNorm = at(FINAL_NORM);
    this.head = linear(at(c.tied ? EMBEDDING : HEAD), c.vocabulary);
    this.rope = ropeTable(0, c.headWidth, c.ropeTheta);

    const { qkv, output, gateUp } = this.layers[0]!;
    const activations = (width: number) => heap.array(MOST_TOKENS * width);
    this.residual = activations(output.stride);
    this.normed = activations(c.width);
    this.qkv = activations(qkv.stride);
    this.attended = activations(qWidth);
    this.gateUp = activations(gateUp.stride);
    this.hidden = activations(c.mlpWidth);
    this.logits = activations(this.head.stride);
  }

  parametersChanged(): void {
    this.packed = false;
  }

  /**
   * Runs tokens through all layers, adds their keys and values to the cache, and gives the logits of those tokens i
   * that `logitsTo` sends to a row of `out` [rows, V] (-1: no logits).
   */
  run(tokens: DecodeTokens, cache: KvCache, logitsTo: readonly number[], out: Float32Array): void {
    this.prepare(tokens);
    const { config: c } = this;
    const count = tokens.ids.length;
    const stride = this.layers[0]!.output.stride;
    const residual = this.residual.data;
    tokens.ids.forEach((id, n) => {
      residual.set(this.embedding.subarray(id * c.width, (id + 1) * c.width), n * stride);
    });
    this.layers.forEach((layer, l) => {
      rmsNorm(residual, stride, count, layer.attentionNorm, c.rmsEpsilon, this.normed.data);
      layer.qkv.apply(this.normed, this.qkv, count);
      this.attend(tokens, cache, l, layer.qkv.stride);
      layer.output.addTo(this.attended, this.residual, count);

      rmsNorm(residual, stride, count, layer.mlpNorm, c.rmsEpsilon, this.normed.data);
      layer.gateUp.apply(this.normed, this.gateUp, count);
      swiglu(this.gateUp.data, layer.gateUp.stride, count, c.mlpWidth, this.hidden.data);
      layer.down.addTo(this.hidden, this.residual, count);
    });
    if (logitsTo.every((row) => row < 0)) return;
    rmsNorm(residual, stride, count, this.finalNorm, c.rmsEpsilon, this.normed.data);
    this.head.apply(this.normed, this.logits, count);
    logitsTo.forEach((row, n) => {
      if (row < 0) return;
      const start = n * this.head.stride;
      out.set(this.logits.data.subarray(start, start + c.vocabulary), row * c.vocabulary);
    });
  }

  /** Packs changed weights and makes room for the longest position. */
  private prepare({ positions }: DecodeTokens): void {
    if (!this.packed) {
      for (const { qkv, output, gateUp, down } of this.layers) for (const l of [qkv, output, gateUp, down]) l.pack();
      this.head.pack();
      this.packed = true;
    }
    const length = 1 + positions.reduce((a, b) => Math.max(a, b), 0);
    if (length <= this.rope.positions) return;
    const room = Math.min(this.config.maxPositions, 2 * length);
    this.rope = ropeTable(room, this.config.headWidth, this.config.ropeTheta);
    this.weights = new Float32Array(room);
  }

  /** Turns queries and keys, stores keys and values, and mixes the values that each token sees. */
  private attend({ rows, positions }: DecodeTokens, cache: KvCache, layer: number, stride: number): void {
    const { heads, kvHeads, headWidth } = this.config;
    const qkv = this.qkv.data;
    const attended = this.attended.data;
    const keys = cache.keys[layer]!;
    const values = cache.values[layer]!;
    const qWidth = heads * headWidth;
    rows.forEach((row, n) => {
      const position = positions[n]!;
      rotateHeads(qkv, n * stride, heads + kvHeads, headWidth, this.rope, position);
      const key = n * stride + qWidth;
      const to = (cache.rowStart[row]! + position) * cache.width;
      keys.set(qkv.subarray(key, key + cache.width), to);
      values.set(qkv.subarray(key + cache.width, key + 2 * cache.width), to);
    });
    rows.forEach((row, n) => {
      for (let head = 0; head < heads; head++) {
        const kvHead = Math.floor((head * kvHeads) / heads);
        const at = cache.rowStart[row]! * cache.width + kvHead * headWidth;
        const view = { keys, values, at, stride: cache.width, visible: positions[n]! + 1 };
        const q = n * stride + head * headWidth;
        attendHead(qkv, q, headWidth, view, this.weights, attended, n * qWidth + head * headWidth);
      }
    });
  }
}
