// Compiling and binding the sampler's dispatches for one step: read, gate and, where needed, redraw and push.

import type { Gpu } from '../gpu/device.ts';
import type { BindingKind, Dispatch, Grid } from '../gpu/kernel.ts';
import type { Slice } from '../gpu/slice.ts';
import { loadShader, type WgslConstants } from '../gpu/wgsl.ts';
import type { SamplerSizes } from './samplerData.ts';
import type { QueueMembers, SamplerStructure } from './samplerStructure.ts';

/** How the work is shared out. */
export interface SamplerShape {
  /** Workgroups that share the first read of a row, and their threads. */
  readonly splits: number;
  readonly readThreads: number;
  /** Threads for each queue. */
  readonly gateThreads: number;
  /** Threads for each row of the second read. */
  readonly redrawThreads: number;
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
/** A software rasteriser runs one workgroup on each core, four threads at a time, and pays for each four at barriers. */
const SOFTWARE_WORKGROUPS = 4;
const SOFTWARE_THREADS = 4;
/** Windows up to this length are ranked by counting (shaders/entropy_queue.wgsl). */
const COUNTED_WINDOW = 128;
/** Below this many vectors a split costs more than it saves. */
const LEAST_SPLIT_VECTORS = 1024;
/** A thread that adds up more than this loses digits of the entropy. */
const MOST_VECTORS_A_THREAD = 512;

/**
 * Few rows of many logits are split over workgroups; small vocabularies and short queues get small workgroups. Few
 * different sizes, so that kernels are shared.
 */
export function chooseSamplerShape(
  gpu: Gpu,
  rows: number,
  vocabulary: number,
  members: QueueMembers,
  capacity: number,
): SamplerShape {
  const vectors = Math.ceil(vocabulary / 4);
  const splits = (workgroups: number, threads: number) =>
    Math.max(
      Math.ceil(vectors / (MOST_VECTORS_A_THREAD * threads)),
      Math.min(Math.ceil(workgroups / rows), Math.floor(vectors / LEAST_SPLIT_VECTORS)),
    );
  if (gpu.isSoftware)
    return {
      splits: splits(SOFTWARE_WORKGROUPS, SOFTWARE_THREADS),
      readThreads: SOFTWARE_THREADS,
      gateThreads: SOFTWARE_THREADS,
      redrawThreads: vectors <= MOST_VECTORS_A_THREAD * SOFTWARE_THREADS ? SOFTWARE_THREADS : 64,
    };
  const readThreads = vectors <= 64 ? 16 : 64;
  const work = Math.max(members.most, capacity / 16);
  return {
    splits: splits(ENOUGH_WORKGROUPS, readThreads),
    readThreads,
    gateThreads: work <= 64 ? 32 : 256,
    redrawThreads: vectors <= 64 ? 16 : 256,
  };
}

/** Bytes of a Partial (shaders/sampler_partial.wgsl). */
export function partialBytes(structure: SamplerStructure): number {
  return 4 * (4 + 3 * structure.temperatures);
}

/** Threads merge in two levels; one takes this many parts at the first. */
function mergeWidth(threads: number): number {
  return threads < 16 ? threads : 2 ** Math.ceil(Math.log2(threads) / 2);
}

/** Vectors of four logits that each split of a row takes: whole turns of its workgroup. */
export function splitVectors(vocabulary: number, { splits, readThreads }: SamplerShape): number {
  return Math.ceil(Math.ceil(vocabulary / 4) / splits / readThreads) * readThreads;
}

/** One step's dispatches, in order. */
export async function samplerDispatches(
  gpu: Gpu,
  sizes: SamplerSizes,
  structure: SamplerStructure,
  members: QueueMembers,
  shape: SamplerShape,
  buffers: SamplerBuffers,
): Promise<Dispatch[]> {
  const constants: WgslConstants = {
    VECTOR_LOADS: sizes.vocabulary % 4 === 0,
    SLOW_SHIFTS: gpu.isSoftware,
    TEMPERATURES: structure.temperatures,
    GREEDY: structure.greedy,
    LONG_QUEUE: structure.capacity > COUNTED_WINDOW,
    PUSH_FIRST: structure.push === 'first',
    PUSH_LAST: structure.push === 'last',
    RANK: structure.rank,
    TRUNCATION: structure.truncation,
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

  return Promise.all([
    dispatch(
      'sample_read',
      shape.readThreads,
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
      shape.gateThreads,
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
            shape.redrawThreads,
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
    ...(structure.push === 'later'
      ? [
          dispatch(
            'sample_push',
            shape.gateThreads,
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
