// Opening the GPU, and the few primitives everything else is built from: buffers, kernels, submits with read-back.
//
// A submit is: clear some buffers, run one compute pass, copy results to a staging buffer, map it. Every submit also
// carries a serial number through the GPU: a submit that the driver dropped comes back as an error, not as zeros.

import { firstLine, GpuError, isOfTooLargeBuffer } from './errors.ts';
import { type Dispatch, encodeDispatches, type Kernel, type KernelSpec, Kernels } from './kernel.ts';
import type { Slice } from './slice.ts';
import { StagingPool } from './staging.ts';

export interface OpenGpuOptions {
  /** Default navigator.gpu. */
  readonly gpu?: GPU | undefined;
  readonly powerPreference?: GPUPowerPreference;
  /** Limits that are asked for as high as the adapter goes, for whoever shares the device. */
  readonly highest?: readonly (keyof GPUSupportedLimits)[];
}

/** What is asked for when the adapter has it; the small policies need no more than WebGPU's defaults. */
const WANTED_LIMITS = {
  maxBufferSize: 4 * 2 ** 30,
  maxStorageBufferBindingSize: 2 * 2 ** 30,
  maxComputeWorkgroupStorageSize: 32_768,
} as const;

/** Optional fast paths only; nothing depends on them. */
const WANTED_FEATURES: readonly GPUFeatureName[] = ['subgroups', 'shader-f16', 'timestamp-query'];

const SERIAL_BYTES = 4;

/** A submit can fail before the event that says why: this is how long that event is waited for. */
const EXPLANATION_MS = 200;

/**
 * Opens the best adapter with limits min(adapter, wanted), but for those asked for at their highest.
 * @throws GpuError 'no-webgpu', 'no-adapter' or 'no-device', with a sentence for the reader.
 */
export async function openGpu(options: OpenGpuOptions = {}): Promise<Gpu> {
  const entry = options.gpu ?? globalThis.navigator?.gpu;
  if (entry === undefined)
    throw new GpuError(
      'no-webgpu',
      'This browser has no WebGPU: use a current Chrome, Edge, Safari 26 or Firefox over https or localhost.',
    );
  let adapter: GPUAdapter | null;
  try {
    adapter = await entry.requestAdapter({ powerPreference: options.powerPreference ?? 'high-performance' });
  } catch (cause) {
    throw new GpuError('no-adapter', `WebGPU could not look for a GPU (${firstLine(cause)}).`, { cause });
  }
  if (adapter === null)
    throw new GpuError(
      'no-adapter',
      'WebGPU found no GPU here: the driver may be blocked, or hardware acceleration is off in the browser settings.',
    );
  const requiredLimits: Record<string, number> = {};
  for (const [name, wanted] of Object.entries(WANTED_LIMITS)) {
    const has = adapter.limits[name as keyof typeof WANTED_LIMITS];
    requiredLimits[name] = Math.min(has, wanted);
  }
  for (const name of options.highest ?? []) requiredLimits[name] = adapter.limits[name] as number;
  const requiredFeatures = WANTED_FEATURES.filter((f) => adapter.features.has(f));
  let device: GPUDevice;
  try {
    device = await adapter.requestDevice({ label: 'multi-temperature-lab', requiredLimits, requiredFeatures });
  } catch (cause) {
    throw new GpuError('no-device', `The GPU refused to open (${firstLine(cause)}).`, { cause });
  }
  return new Gpu(device, describeAdapter(adapter));
}

function describeAdapter(adapter: GPUAdapter): string {
  const { description, vendor, architecture, device } = adapter.info;
  const words = [vendor, architecture, device].filter((w) => w !== '').join(' ');
  return description || words || 'unnamed GPU';
}

/** What one submit does, in this order. */
export interface Submission {
  readonly label: string;
  /** Ranges set to zero first. */
  readonly clear?: readonly Slice[];
  /** All dispatches of the one compute pass. */
  readonly dispatches?: Iterable<Dispatch>;
  /** Copied between buffers after the pass. */
  readonly copy?: readonly { readonly from: Slice; readonly to: Slice }[];
  /** Read back after that; sizes and offsets are multiples of 4. */
  readonly read?: readonly Slice[];
}

export class Gpu {
  readonly device: GPUDevice;
  /** The adapter's name, for people and for caches of measurements. */
  readonly adapter: string;
  /** Resolves with a sentence when the device is gone; never rejects. */
  readonly lost: Promise<string>;
  /** Submits so far. */
  submits = 0;
  /** Dispatches so far. */
  dispatches = 0;

  readonly #kernels: Kernels;
  readonly #staging: StagingPool;
  readonly #serial: GPUBuffer;
  #failure: GpuError | null = null;
  /** Resolves with the first failure. */
  readonly #failed: Promise<void>;

  constructor(device: GPUDevice, adapter: string) {
    this.device = device;
    this.adapter = adapter;
    this.#kernels = new Kernels(device);
    this.#staging = new StagingPool(device);
    this.#serial = device.createBuffer({
      label: 'submit serial',
      size: SERIAL_BYTES,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    let noteFailure!: () => void;
    this.#failed = new Promise((resolve) => {
      noteFailure = resolve;
    });
    device.addEventListener('uncapturederror', (event) => {
      const { error } = event as GPUUncapturedErrorEvent;
      const isOutOfMemory = typeof GPUOutOfMemoryError !== 'undefined' && error instanceof GPUOutOfMemoryError;
      const isTooLarge = isOfTooLargeBuffer(error.message);
      // The first error explains; those after it are its consequences.
      this.#failure ??= new GpuError(
        isOutOfMemory ? 'out-of-memory' : isTooLarge ? 'limit' : 'invalid',
        isOutOfMemory
          ? 'The GPU ran out of memory: choose a smaller model or batch.'
          : `WebGPU: ${firstLine(error.message)}`,
        { cause: error },
      );
      noteFailure();
    });
    this.lost = device.lost.then((info) => {
      const reason = info.reason === 'destroyed' ? 'closed' : 'lost';
      const sentence = `The GPU device was ${reason}${info.message === '' ? '' : ` (${info.message})`}.`;
      this.#failure = new GpuError('lost', sentence);
      noteFailure();
      return sentence;
    });
  }

  has(feature: GPUFeatureName): boolean {
    return this.device.features.has(feature);
  }

  /** True on software rasterisers, where what is fast differs from a GPU. */
  get isSoftware(): boolean {
    return /swiftshader|llvmpipe|lavapipe|software/i.test(this.adapter);
  }

  /** The first GpuError seen on this device; nothing runs after it. */
  get failure(): GpuError | null {
    return this.#failure;
  }

  /** @throws the first GpuError seen on this device, if any. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /**
   * For what failed on this device in the hands of another program: waits briefly for what the device says of it.
   * @returns the first GpuError seen on this device; `cause` when there is none
   */
  async explanationOf(cause: unknown): Promise<unknown> {
    if (this.#failure === null) {
      // What was called is on its way to the device only with a submit.
      this.device.queue.submit([]);
      await this.#settle();
    }
    return this.#failure ?? cause;
  }

  /** A zeroed storage buffer. @throws GpuError 'limit' when the adapter cannot hold or bind it. */
  storage(label: string, bytes: number): Slice {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (size > most)
      throw new GpuError(
        'limit',
        `The buffer "${label}" needs ${size} bytes, but this GPU binds at most ${most}: choose a smaller model or batch.`,
      );
    const buffer = this.device.createBuffer({
      label,
      size,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    return { buffer, offset: 0, size };
  }

  /** A storage buffer holding `data`. */
  upload(label: string, data: Float32Array | Uint32Array | Int32Array): Slice {
    const slice = this.storage(label, data.byteLength);
    this.write(slice, data);
    return slice;
  }

  /** A uniform buffer holding `words`; static parameters of one dispatch, or the globals of a plan. */
  uniform(label: string, words: Uint32Array | Float32Array): Slice {
    const size = Math.ceil(words.byteLength / 16) * 16;
    const buffer = this.device.createBuffer({ label, size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    const slice = { buffer, offset: 0, size };
    this.write(slice, words);
    return slice;
  }

  /** Ordered before the next submit. `data` has a multiple of 4 bytes. */
  write(slice: Slice, data: ArrayBufferView, byteOffset = 0): void {
    this.device.queue.writeBuffer(
      slice.buffer,
      slice.offset + byteOffset,
      data.buffer as ArrayBuffer,
      data.byteOffset,
      data.byteLength,
    );
  }

  /** Compiles (once per text). @throws GpuError 'invalid' with the compiler's first message; 'lost' */
  async kernel(spec: KernelSpec): Promise<Kernel> {
    this.check();
    try {
      return await this.#kernels.get(spec);
    } finally {
      // On a lost device anything may come of a compilation; that it is lost is what explains it.
      this.check();
    }
  }

  bind(kernel: Kernel, slices: readonly Slice[]): GPUBindGroup {
    return this.#kernels.bind(kernel, slices);
  }

  /**
   * Encodes and submits at once; resolves with the bytes of `read` when the GPU has finished.
   * @throws GpuError: the first failure seen, a lost device, or 'dropped' when the submit never ran.
   */
  async submit(work: Submission): Promise<ArrayBuffer[]> {
    this.check();
    const serial = ++this.submits;
    this.device.queue.writeBuffer(this.#serial, 0, new Uint32Array([serial]));
    const encoder = this.device.createCommandEncoder({ label: work.label });
    for (const s of work.clear ?? []) encoder.clearBuffer(s.buffer, s.offset, s.size);
    if (work.dispatches !== undefined) {
      const pass = encoder.beginComputePass({ label: work.label });
      this.dispatches += encodeDispatches(pass, work.dispatches);
      pass.end();
    }
    for (const { from, to } of work.copy ?? [])
      encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, from.size);
    const read = work.read ?? [];
    const bytes = read.reduce((n, s) => n + s.size, 0);
    const staging = this.#staging.take(bytes + SERIAL_BYTES);
    let at = 0;
    for (const s of read) {
      encoder.copyBufferToBuffer(s.buffer, s.offset, staging, at, s.size);
      at += s.size;
    }
    encoder.copyBufferToBuffer(this.#serial, 0, staging, at, SERIAL_BYTES);
    this.device.queue.submit([encoder.finish()]);

    try {
      await staging.mapAsync(GPUMapMode.READ, 0, bytes + SERIAL_BYTES);
    } catch (cause) {
      await this.#settle();
      this.check();
      throw new GpuError('lost', `The GPU did not hand back the results of "${work.label}" (${firstLine(cause)}).`, {
        cause,
      });
    }
    const range = staging.getMappedRange(0, bytes + SERIAL_BYTES);
    const arrived = new Uint32Array(range, bytes, 1)[0];
    const results: ArrayBuffer[] = [];
    at = 0;
    for (const s of read) {
      results.push(range.slice(at, at + s.size));
      at += s.size;
    }
    staging.unmap();
    this.#staging.give(staging);
    if (arrived !== serial) {
      await this.#settle();
      this.check();
      throw new GpuError('dropped', `The GPU dropped the submit "${work.label}".`);
    }
    this.check();
    return results;
  }

  /** Reads one slice back as it stands after everything submitted so far. */
  async read(slice: Slice): Promise<ArrayBuffer> {
    const [bytes] = await this.submit({ label: `read ${slice.buffer.label}`, read: [slice] });
    return bytes!;
  }

  async readFloats(slice: Slice): Promise<Float32Array> {
    return new Float32Array(await this.read(slice));
  }

  destroy(): void {
    this.device.destroy();
  }

  /** Lets the event that explains a failed submit arrive. */
  #settle(): Promise<void> {
    return Promise.race([this.#failed, new Promise<void>((resolve) => setTimeout(resolve, EXPLANATION_MS))]);
  }
}
