// A linear layer of the decoder: its weight packed for the wasm product, and its bias.

import { PANEL, type Product, packedLength, packWeight, ROW_TILE, roundUp } from './product.ts';
import type { WasmArray, WasmHeap } from './wasmHeap.ts';

const BYTES = Float32Array.BYTES_PER_ELEMENT;

export class Linear {
  /** Width of a row of the output: outWidth, rounded up to whole panels. */
  readonly stride: number;
  private readonly product: Product;
  private readonly weight: Float32Array;
  private readonly outWidth: number;
  private readonly inWidth: number;
  private readonly bias: Float32Array | null;
  private readonly packedWeight: WasmArray;
  /** Zeros where there is no bias. */
  private readonly paddedBias: WasmArray;

  /** weight [out, in] and bias [out] are read by pack(), not before. */
  constructor(heap: WasmHeap, product: Product, weight: Float32Array, outWidth: number, bias: Float32Array | null) {
    this.product = product;
    this.weight = weight;
    this.outWidth = outWidth;
    this.inWidth = weight.length / outWidth;
    this.bias = bias;
    this.stride = roundUp(outWidth, PANEL);
    this.packedWeight = heap.array(packedLength(outWidth, this.inWidth));
    this.paddedBias = heap.array(this.stride);
  }

  /** Takes over the weight and bias as they are now. */
  pack(): void {
    packWeight(this.weight, this.outWidth, this.inWidth, this.packedWeight.data);
    if (this.bias !== null) this.paddedBias.data.set(this.bias);
  }

  /** y = x W^T + b; x is [tokens, in], y [tokens, stride], both with room for whole row tiles. */
  apply(x: WasmArray, y: WasmArray, tokens: number): void {
    this.run(x, this.paddedBias.pointer, 0, y, tokens);
  }

  /** y += x W^T */
  addTo(x: WasmArray, y: WasmArray, tokens: number): void {
    this.run(x, y.pointer, this.stride * BYTES, y, tokens);
  }

  private run(x: WasmArray, start: number, startStride: number, y: WasmArray, tokens: number): void {
    const tiles = Math.ceil(tokens / ROW_TILE);
    this.product(
      x.pointer,
      this.packedWeight.pointer,
      start,
      startStride,
      y.pointer,
      tiles,
      this.inWidth,
      this.stride / PANEL,
    );
  }
}
