// Reusable MAP_READ buffers. A buffer being mapped cannot be a copy target, so submits in flight need one each.

const SMALLEST_BYTES = 1024;
/** Beyond this many idle buffers the oldest is destroyed. */
const MOST_IDLE = 8;

export class StagingPool {
  readonly #device: GPUDevice;
  readonly #idle: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** An unmapped buffer of at least `bytes`. */
  take(bytes: number): GPUBuffer {
    const index = this.#idle.findIndex((b) => b.size >= bytes && b.size <= 4 * Math.max(bytes, SMALLEST_BYTES));
    if (index >= 0) return this.#idle.splice(index, 1)[0]!;
    const size = 2 ** Math.ceil(Math.log2(Math.max(bytes, SMALLEST_BYTES)));
    return this.#device.createBuffer({
      label: 'read-back staging',
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  give(buffer: GPUBuffer): void {
    this.#idle.push(buffer);
    if (this.#idle.length > MOST_IDLE) this.#idle.shift()!.destroy();
  }
}
