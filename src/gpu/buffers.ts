import type { Gpu } from './device.ts';
import type { Slice } from './slice.ts';

/** Buffers that are freed together, at once and not when the garbage collector finds them. */
export class Buffers {
  readonly gpu: Gpu;
  readonly #owned: GPUBuffer[] = [];

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  /** As Gpu.storage. @throws GpuError 'limit' */
  storage(label: string, bytes: number): Slice {
    return this.#own(this.gpu.storage(label, bytes));
  }

  /** As Gpu.upload. @throws GpuError 'limit' */
  upload(label: string, data: Float32Array | Uint32Array | Int32Array): Slice {
    return this.#own(this.gpu.upload(label, data));
  }

  /** As Gpu.uniform. */
  uniform(label: string, words: Uint32Array | Float32Array): Slice {
    return this.#own(this.gpu.uniform(label, words));
  }

  destroy(): void {
    for (const buffer of this.#owned.splice(0)) buffer.destroy();
  }

  #own(slice: Slice): Slice {
    this.#owned.push(slice.buffer);
    return slice;
  }
}
