// A flat arena: many named ranges in one buffer, each aligned so that it can be bound on its own.

import type { Gpu } from './device.ts';
import { BINDING_ALIGNMENT_BYTES, part, type Slice } from './slice.ts';

const ALIGNMENT_FLOATS = BINDING_ALIGNMENT_BYTES / 4;

/** Where each range lies, in floats. Ranges listed in one group stand end to end without a gap. */
export class ArenaLayout {
  readonly offsets = new Map<string, { readonly first: number; readonly count: number }>();
  /** Floats in all, padding included. */
  readonly length: number;

  constructor(groups: readonly (readonly { readonly name: string; readonly count: number }[])[]) {
    let at = 0;
    for (const group of groups) {
      at = Math.ceil(at / ALIGNMENT_FLOATS) * ALIGNMENT_FLOATS;
      for (const { name, count } of group) {
        this.offsets.set(name, { first: at, count });
        at += count;
      }
    }
    this.length = Math.ceil(at / ALIGNMENT_FLOATS) * ALIGNMENT_FLOATS;
  }

  at(name: string): { readonly first: number; readonly count: number } {
    const range = this.offsets.get(name);
    if (range === undefined) throw new RangeError(`The arena has no range "${name}".`);
    return range;
  }
}

export class Arena {
  readonly layout: ArenaLayout;
  readonly all: Slice;

  constructor(gpu: Gpu, label: string, layout: ArenaLayout) {
    this.layout = layout;
    this.all = gpu.storage(label, 4 * layout.length);
  }

  /** From the start of `name`, `count` floats (default: that range). A first range of a group can span the group. */
  slice(name: string, count?: number): Slice {
    const range = this.layout.at(name);
    return part(this.all, range.first, count ?? range.count);
  }
}
