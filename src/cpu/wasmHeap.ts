// Float32 arrays inside one WebAssembly memory, which only ever grows.

const BYTES = Float32Array.BYTES_PER_ELEMENT;
const PAGE_BYTES = 65_536;
/** SIMD loads are fastest from addresses that are multiples of this. */
const ALIGNMENT_BYTES = 16;

/** An array in wasm memory. */
export class WasmArray {
  /** Address in bytes. */
  readonly pointer: number;
  readonly length: number;
  private readonly memory: WebAssembly.Memory;
  private view: Float32Array;

  constructor(memory: WebAssembly.Memory, pointer: number, length: number) {
    this.memory = memory;
    this.pointer = pointer;
    this.length = length;
    this.view = new Float32Array(memory.buffer, pointer, length);
  }

  /** The values. Do not keep this view: growth of the memory detaches it. */
  get data(): Float32Array {
    if (this.view.buffer !== this.memory.buffer)
      this.view = new Float32Array(this.memory.buffer, this.pointer, this.length);
    return this.view;
  }
}

export class WasmHeap {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  private end = 0;

  /** An array of zeros. @throws RangeError past wasm's 4 GiB */
  array(length: number): WasmArray {
    const pointer = this.end;
    const end = pointer + Math.ceil((length * BYTES) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE_BYTES));
      } catch {
        throw new RangeError('This policy is too large for the CPU engine: WebAssembly offers no more memory.');
      }
    }
    this.end = end;
    return new WasmArray(this.memory, pointer, length);
  }
}
