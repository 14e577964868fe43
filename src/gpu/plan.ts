// A plan is built once: dispatches in order, all pipelines compiled at the same time. A step only encodes it.

import type { Gpu } from './device.ts';
import type { BindingKind, Dispatch, Grid } from './kernel.ts';
import type { Slice } from './slice.ts';
import { loadShader, type WgslConstants } from './wgsl.ts';

export type Binding = readonly [kind: BindingKind, slice: Slice];

export const uniform = (slice: Slice): Binding => ['uniform', slice];
export const read = (slice: Slice): Binding => ['read', slice];
export const write = (slice: Slice): Binding => ['write', slice];

/** Workgroups needed for `count` threads of groups of `size`. */
export const groupsOf = (count: number, size: number): number => Math.ceil(count / size);

/** Workgroups in x of a one-dimensional problem; the rest goes to y. */
const ROW_GROUPS = 32_768;

/** The grid of a problem of `count` elements for kernels that use shaders/element.wgsl (64 threads a workgroup). */
export function linearGrid(count: number): Grid {
  const groups = groupsOf(count, 64);
  const x = Math.min(groups, ROW_GROUPS);
  return [x, x === 0 ? 0 : groupsOf(groups, x), 1];
}

export class PlanBuilder {
  readonly gpu: Gpu;
  readonly #parts: Promise<readonly Dispatch[]>[] = [];

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  /** Appends one dispatch of shaders/`shader`; bindings are numbered in order. */
  add(shader: string, constants: WgslConstants, bindings: readonly Binding[], grid: Grid | (() => Grid)): this {
    return this.append(this.#dispatch(shader, constants, bindings, grid));
  }

  /** Appends dispatches that something else builds. */
  append(dispatches: Promise<readonly Dispatch[]>): this {
    this.#parts.push(dispatches);
    return this;
  }

  /** All dispatches, once every pipeline is there. */
  async build(): Promise<readonly Dispatch[]> {
    return (await Promise.all(this.#parts)).flat();
  }

  async #dispatch(
    shader: string,
    constants: WgslConstants,
    bindings: readonly Binding[],
    grid: Grid | (() => Grid),
  ): Promise<readonly Dispatch[]> {
    const kernel = await this.gpu.kernel({
      label: shader.replace(/\.wgsl$/, ''),
      code: loadShader(shader, constants),
      bindings: bindings.map(([kind]) => kind),
    });
    const slices = bindings.map(([, slice]) => slice);
    return [{ kernel, group: this.gpu.bind(kernel, slices), grid }];
  }
}
