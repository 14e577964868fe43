/** A range of a buffer, in bytes. */
export interface Slice {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** Bytes between the starts of bindings into one buffer (WebGPU's default minimum offset alignment). */
export const BINDING_ALIGNMENT_BYTES = 256;

/** `count` four-byte elements of `slice` from element `first` on. */
export function part(slice: Slice, first: number, count: number): Slice {
  return { buffer: slice.buffer, offset: slice.offset + 4 * first, size: 4 * count };
}
