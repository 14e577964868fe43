// Compiling and binding the sampler's dispatches for one step: read, gate and, where needed, redraw and push.

import type { Gpu } from '../gpu/device.ts';
import type { BindingKind, Dispatch, Grid } from '../gpu/kernel.ts';
import type { Slice } from '../gpu/slice.ts';
import { loadShader, type WgslConstants } from '../gpu/wgsl.ts';
import type { SamplerSizes } from './samplerData.ts';
import type { QueueMembers, SamplerStructure } from './samplerStructure.ts';

/** How a row of logits is shared out: `splits` workgroups of `threads`, each thread taking `block` vectors of four at once. */
export interface ReadShape {
  readonly splits: number;
  readonly threads: number;
  readonly block: number;
}

export interface SamplerBuffers {
  readonly globals: Slice;
  readonly logits: Slice;
  readonly tables: Slice;
  readonly partials: Slice;
  readonly queues: Slice;
  readonly state: Slice;
  readonly records: Slice;
  readonly forced: Slice;
}

/** Workgroups that keep a discrete GPU busy. */
const ENOUGH_WORKGROUPS = 512;
/** Below this many vectors a split costs more than it saves. */
const LEAST_SPLIT_VECTORS = 1024;
const MOST_THREADS = 64;

function powerOfTwoAtLeast(n: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, n)));
}

/** Few rows of many logits are split over workgroups; small vocabularies get small workgroups. */
export function chooseReadShape(gpu: Gpu, rows: number, vocabulary: number): ReadShape {
  const vectors = Math.ceil(vocabulary / 4);
  const block = vectors >= 4 ? 4 : 1;
  const threads = Math.min(MOST_THREADS, powerOfTwoAtLeast(vectors / block));
  // A software rasteriser runs one workgroup on each core.
  const wanted = gpu.isSoftware ? 4 / rows : ENOUGH_WORKGROUPS / rows;
  const splits = Math.max(1, Math.min(Math.ceil(wanted), Math.floor(vectors / LEAST_SPLIT_VECTORS)));
  return { splits, threads, block };
}

/** Bytes of a Partial (shaders/sampler_partial.wgsl). */
export function partialBytes(structure: SamplerStructure): number {
  return 4 * (5 + 3 * structure.temperatures);
}

/** Threads that merge in two levels take this many parts each at the first. */
function mergeWidth(threads: number): number {
  return threads < 16 ? threads : 2 ** Math.ceil(Math.log2(threads) / 2);
}

/** Vectors of four logits that each split of a row takes: whole turns of its workgroup. */
export function splitVectors(vocabulary: number, { splits, threads, block }: ReadShape): number {
  const turn = threads * block;
  return Math.ceil(Math.ceil(vocabulary / 4) / splits / turn) * turn;
}

/** One step's dispatches, in order. */
export async function samplerDispatches(
  gpu: Gpu,
  sizes: SamplerSizes,
  structure: SamplerStructure,
  members: QueueMembers,
  shape: ReadShape,
  buffers: SamplerBuffers,
): Promise<Dispatch[]> {
  const constants: WgslConstants = {
    VECTOR_LOADS: sizes.vocabulary % 4 === 0,
    BLOCK: shape.block,
    TEMPERATURES: structure.temperatures,
    GREEDY: structure.greedy,
    REDRAW: structure.redraw,
  };
  const { globals, logits, tables, partials, queues, state, records, forced } = buffers;
  const dispatch = async (
    name: string,
    threads: number,
    grid: Grid,
    bindings: readonly (readonly [BindingKind, Slice])[],
  ): Promise<Dispatch> => {
    const code = loadShader(`${name}.wgsl`, { ...constants, THREADS: threads, MERGE: mergeWidth(threads) });
    const kernel = await gpu.kernel({ label: name, code, bindings: bindings.map(([kind]) => kind) });
    const group = gpu.bind(
      kernel,
      bindings.map(([, slice]) => slice),
    );
    return { kernel, group, grid };
  };

  const gateThreads = chooseGateThreads(members, structure);
  const redrawThreads = Math.min(256, Math.max(4, powerOfTwoAtLeast(Math.ceil(sizes.vocabulary / 16))));
  return Promise.all([
    dispatch(
      'sample_read',
      shape.threads,
      [shape.splits, sizes.rows, 1],
      [
        ['uniform', globals],
        ['read', logits],
        ['read', state],
        ['read', tables],
        ['write', partials],
      ],
    ),
    dispatch(
      'sample_gate',
      gateThreads,
      [members.queues, 1, 1],
      [
        ['uniform', globals],
        ['read', logits],
        ['read', tables],
        ['write', partials],
        ['write', queues],
        ['write', state],
        ['write', records],
        ['read', forced],
      ],
    ),
    ...(structure.redraw
      ? [
          dispatch(
            'sample_redraw',
            redrawThreads,
            [sizes.rows, 1, 1],
            [
              ['uniform', globals],
              ['read', logits],
              ['read', tables],
              ['read', partials],
              ['read', queues],
              ['write', state],
              ['write', records],
              ['read', forced],
            ],
          ),
        ]
      : []),
    ...(structure.pushLater
      ? [
          dispatch(
            'sample_push',
            gateThreads,
            [members.queues, 1, 1],
            [
              ['uniform', globals],
              ['read', tables],
              ['read', partials],
              ['write', queues],
            ],
          ),
        ]
      : []),
  ]);
}

function chooseGateThreads(members: QueueMembers, structure: SamplerStructure): number {
  const work = Math.max(members.most, structure.capacity / 16);
  return work <= 16 ? 16 : work <= 64 ? 64 : 256;
}
