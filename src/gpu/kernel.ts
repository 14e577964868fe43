// A kernel is a compiled shader with an explicit binding list; a dispatch is a kernel, its bound slices and a grid.
// Plans are arrays of dispatches built once; a step only encodes them.

import { firstLine, GpuError } from './errors.ts';
import type { Slice } from './slice.ts';

export type BindingKind = 'uniform' | 'read' | 'write';

export interface KernelSpec {
  readonly label: string;
  /** Complete WGSL with entry point `main` and bindings 0..n-1 in group 0. */
  readonly code: string;
  readonly bindings: readonly BindingKind[];
}

export interface Kernel {
  readonly label: string;
  readonly bindings: readonly BindingKind[];
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Workgroups in x, y, z; a zero skips the dispatch. */
export type Grid = readonly [x: number, y: number, z: number];

export interface Dispatch {
  readonly kernel: Kernel;
  readonly group: GPUBindGroup;
  /** Fixed, or asked for at encode time (sizes that change from step to step). */
  readonly grid: Grid | (() => Grid);
}

const MOST_WORKGROUPS = 65_535;

/** Encodes the dispatches in order; returns how many were encoded. */
export function encodeDispatches(pass: GPUComputePassEncoder, dispatches: Iterable<Dispatch>): number {
  let count = 0;
  for (const { kernel, group, grid } of dispatches) {
    const [x, y, z] = typeof grid === 'function' ? grid() : grid;
    if (x === 0 || y === 0 || z === 0) continue;
    if (x > MOST_WORKGROUPS || y > MOST_WORKGROUPS || z > MOST_WORKGROUPS)
      throw new GpuError('limit', `${kernel.label}: ${x} x ${y} x ${z} workgroups exceed 65 535 in one direction.`);
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(x, y, z);
    count++;
  }
  return count;
}

const LAYOUT_TYPE: Record<BindingKind, GPUBufferBindingType> = {
  uniform: 'uniform',
  read: 'read-only-storage',
  write: 'storage',
};

/** The pipelines of one device, compiled asynchronously and once per text. */
export class Kernels {
  readonly #device: GPUDevice;
  readonly #cache = new Map<string, Promise<Kernel>>();
  readonly #layouts = new Map<string, GPUBindGroupLayout>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get(spec: KernelSpec): Promise<Kernel> {
    const key = `${spec.bindings.join()}\n${spec.code}`;
    let kernel = this.#cache.get(key);
    if (kernel === undefined) {
      kernel = this.#compile(spec);
      this.#cache.set(key, kernel);
    }
    return kernel;
  }

  bind(kernel: Kernel, slices: readonly Slice[]): GPUBindGroup {
    if (slices.length !== kernel.bindings.length)
      throw new GpuError(
        'invalid',
        `${kernel.label} binds ${kernel.bindings.length} buffers, but got ${slices.length}.`,
      );
    return this.#device.createBindGroup({
      label: kernel.label,
      layout: kernel.layout,
      entries: slices.map(({ buffer, offset, size }, binding) => ({ binding, resource: { buffer, offset, size } })),
    });
  }

  async #compile(spec: KernelSpec): Promise<Kernel> {
    // A shader that does not compile is the caller's error, not a failure of the device.
    this.#device.pushErrorScope('validation');
    const module = this.#device.createShaderModule({ label: spec.label, code: spec.code });
    void this.#device.popErrorScope();
    const layout = this.#layout(spec.bindings);
    try {
      const pipeline = await this.#device.createComputePipelineAsync({
        label: spec.label,
        layout: this.#device.createPipelineLayout({ label: spec.label, bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main' },
      });
      return { label: spec.label, bindings: spec.bindings, pipeline, layout };
    } catch (cause) {
      const { messages } = await module.getCompilationInfo();
      const first = messages.find((m) => m.type === 'error');
      const where = first === undefined ? firstLine(cause) : `line ${first.lineNum}: ${first.message}`;
      throw new GpuError('invalid', `The kernel "${spec.label}" does not compile: ${where}`, { cause });
    }
  }

  #layout(bindings: readonly BindingKind[]): GPUBindGroupLayout {
    const key = bindings.join();
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      layout = this.#device.createBindGroupLayout({
        label: key,
        entries: bindings.map((kind, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: LAYOUT_TYPE[kind] },
        })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }
}
