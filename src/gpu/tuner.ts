// Which tile each product takes: a sensible one to begin with, and with tuning on the one that was fastest on this GPU.
//
// Products fall into classes (layout, what is fused, few tokens or many, small weights or large). The first
// product of a class is run with every candidate; a candidate that does not compile, or that disagrees with the first,
// is out. Choices can be exported and taken up again, so that a device measures once, and gives the same bits each time.

import type { Gpu } from './device.ts';
import { type ProductSpec, taskOf } from './productKernel.ts';
import { canUse, type Tile } from './productTile.ts';
import { TileBench } from './tileBench.ts';
import type { TileTable } from './tileTable.ts';

export interface TuningOptions {
  /** A table exported earlier; ignored when it is another adapter's. */
  readonly table?: TileTable | null;
  /** Once so much has gone into measuring, further classes take the first candidate. Default 3000. */
  readonly budgetMs?: number;
  /** Gets the whole table after every choice, to keep it for the next start. */
  readonly keep?: (table: TileTable) => void;
}

interface Tuning {
  readonly tiles: Map<string, Promise<Tile>>;
  readonly chosen: Map<string, Tile>;
  budgetMs: number;
  readonly keep: (table: TileTable) => void;
  /** Measurements run one after the other. */
  last: Promise<unknown>;
}

const DEFAULT_BUDGET_MS = 3000;
/** With at most this many tokens, weights are read for few rows at a time. */
const FEW_TOKENS = 64;
/** From here on there are tiles enough to fill a GPU even when they are large. */
const LARGE_WEIGHTS = 2 ** 18;
/** Measurements are made on no more tokens, outputs and inputs than this. */
const MOST_MEASURED = 1024;
const MOST_MEASURED_SOFTWARE = 512;
/** Another tile than the first must be this much faster, so that noise decides nothing. */
const WORTH_IT = 0.95;
/** Largest relative difference between two tiles' results that rounding explains. */
const TOLERANCE = 1e-3;

const tunings = new WeakMap<Gpu, Tuning>();

/** From now on, products on this GPU take the tile that measures fastest. */
export function enableTuning(
  gpu: Gpu,
  { table, budgetMs = DEFAULT_BUDGET_MS, keep = () => {} }: TuningOptions = {},
): void {
  const chosen = new Map(table?.adapter === gpu.adapter ? Object.entries(table.tiles) : []);
  const tiles = new Map([...chosen].map(([name, tile]) => [name, Promise.resolve(tile)] as const));
  tunings.set(gpu, { tiles, chosen, budgetMs, keep, last: Promise.resolve() });
}

/** What has been measured (or taken up) so far, for the next start. */
export function exportTiles(gpu: Gpu): TileTable {
  return { adapter: gpu.adapter, tiles: Object.fromEntries(tunings.get(gpu)?.chosen ?? []) };
}

/** The tile for a product on this GPU: measured if tuning is on, else the first candidate. */
export async function chooseTile(gpu: Gpu, spec: ProductSpec): Promise<Tile> {
  const candidates = candidateTiles(gpu, spec);
  const tuning = tunings.get(gpu);
  if (tuning === undefined) return candidates[0]!;
  const name = classOf(spec);
  let tile = tuning.tiles.get(name);
  if (tile === undefined) {
    tile = tuning.last.then(() => measure(gpu, spec, candidates, tuning, name));
    tuning.tiles.set(name, tile);
    tuning.last = tile.catch(() => undefined);
  }
  // A table from elsewhere may name a tile that this device cannot run.
  const known = await tile;
  return canUse(gpu, known, taskOf(spec)) ? known : candidates[0]!;
}

/** Tiles worth trying, the likeliest first. */
function candidateTiles(gpu: Gpu, spec: ProductSpec): Tile[] {
  const spread = gpu.has('subgroups');
  const register = (rowQuads: number, columnQuads: number): Tile => ({
    kind: 'register',
    rowQuads,
    columnQuads,
    spread,
  });
  const workgroup = (rows: number, columns: number, depth: number): Tile => ({
    kind: 'workgroup',
    rows,
    columns,
    depth,
    each: [4, 4],
  });
  const skinny: Tile[] = [
    { kind: 'skinny', rows: 8, columns: 2 },
    { kind: 'skinny', rows: 16, columns: 2 },
    { kind: 'skinny', rows: 4, columns: 4 },
  ];
  const tiled = [workgroup(32, 32, 8), workgroup(64, 64, 16)];
  const columns = spec.gated === true ? 4 : 8;
  const all = gpu.isSoftware
    ? [register(8, columns), register(4, columns), workgroup(32, 32, 8)]
    : spec.tokens <= FEW_TOKENS
      ? [...skinny, ...tiled]
      : [...tiled, ...skinny];
  return all.filter((tile) => canUse(gpu, tile, taskOf(spec)));
}

/** Products of one class share a tile. */
function classOf({ layout, norm, gated, outputs, inputs, tokens }: ProductSpec): string {
  const fused = `${norm ? ' norm' : ''}${gated ? ' gated' : ''}`;
  const few = tokens <= FEW_TOKENS ? 'few' : 'many';
  const small = outputs * inputs < LARGE_WEIGHTS ? 'small' : 'large';
  return `${layout}${fused}, ${few} tokens, ${small} weights`;
}

async function measure(
  gpu: Gpu,
  spec: ProductSpec,
  candidates: readonly Tile[],
  tuning: Tuning,
  name: string,
): Promise<Tile> {
  const first = candidates[0]!;
  if (candidates.length === 1 || tuning.budgetMs <= 0) return first;
  const began = performance.now();
  const measured = (size: number) => Math.min(size, gpu.isSoftware ? MOST_MEASURED_SOFTWARE : MOST_MEASURED);
  const bench = new TileBench(gpu, {
    ...spec,
    tokens: measured(spec.tokens),
    outputs: measured(spec.outputs),
    inputs: measured(spec.inputs),
  });
  try {
    let best = first;
    let bestMs = Number.POSITIVE_INFINITY;
    let truth: Float32Array | null = null;
    for (const tile of candidates) {
      if (performance.now() - began > tuning.budgetMs) break;
      const run = await bench.run(tile);
      if (run === null) continue;
      truth ??= run.result;
      if (!agree(truth, run.result)) continue;
      if (run.ms < WORTH_IT * bestMs) {
        best = tile;
        bestMs = run.ms;
      }
    }
    tuning.chosen.set(name, best);
    tuning.keep(exportTiles(gpu));
    return best;
  } finally {
    bench.destroy();
    tuning.budgetMs -= performance.now() - began;
  }
}

/** True when two results differ by rounding only. */
function agree(a: Float32Array, b: Float32Array): boolean {
  let largest = 0;
  let difference = 0;
  a.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    // A NaN must not pass: it fails every comparison.
    const apart = Math.abs(value - b[i]!);
    difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(difference, apart);
  });
  return difference <= TOLERANCE * largest;
}
