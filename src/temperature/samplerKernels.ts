// Compiling and binding the sampler's dispatches for one step: read, gate and, where needed, redraw and push.

import type { Gpu } from '../gpu/device.ts';
import type { BindingKind, Dispatch, Grid } from '../gpu/kernel.ts';
import type { Slice } from '../gpu/slice.ts';
import { loadShader, type WgslConstants } from '../gpu/wgsl.ts';
import type { SamplerStructure } from './samplerStructure.ts';

/** Sizes of the problem. */
export interface SamplerSizes {
  readonly rows: number;
  readonly vocabulary: number;
  readonly queues: number;
  /** Rows of the largest queue. */
  readonly mostMembers: number;
  readonly maxNewTokens: number;
}

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

/** Constants of shaders/row_logits.wgsl and of the share each workgroup reads. */
export function logitConstants(sizes: { rows: number; vocabulary: number }, shape: ReadShape): WgslConstants {
  const { rows, vocabulary } = sizes;
  const vectors = Math.ceil(vocabulary / 4);
  const stride = shape.threads * shape.block;
  return {
    VOCABULARY: vocabulary,
    VECTOR_LOADS: vocabulary % 4 === 0,
    ROW_VECTORS: vectors,
    LOGIT_VECTORS: rows * vectors,
    LOGITS: rows * vocabulary,
    THREADS: shape.threads,
    BLOCK: shape.block,
    SPLITS: shape.splits,
    SPLIT_VECTORS: Math.ceil(vectors / shape.splits / stride) * stride,
  };
}

/** One step's dispatches, in order. */
export async function samplerDispatches(
  gpu: Gpu,
  sizes: SamplerSizes,
  structure: SamplerStructure,
  shape: ReadShape,
  buffers: SamplerBuffers,
): Promise<Dispatch[]> {
  const constants: WgslConstants = {
    ...logitConstants(sizes, shape),
    MERGE: mergeWidth(shape.threads),
    ROWS: sizes.rows,
    QUEUES: sizes.queues,
    CAPACITY: structure.capacity,
    MAX_NEW_TOKENS: sizes.maxNewTokens,
    TEMPERATURES: structure.temperatures,
    GREEDY: structure.greedy,
    REDRAW: structure.redraw,
    PUSH_LATER: structure.pushLater,
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

  const gateThreads = chooseGateThreads(sizes, structure);
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
      [sizes.queues, 1, 1],
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
            [sizes.queues, 1, 1],
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

function chooseGateThreads(sizes: SamplerSizes, structure: SamplerStructure): number {
  const work = Math.max(sizes.mostMembers, structure.capacity / 16);
  return Math.min(256, Math.max(16, powerOfTwoAtLeast(work)));
}
