// Every layout, tile and epilogue of the products against the same sum in float64, over ragged sizes.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from './device.ts';
import { columnSums, type ProductOptions, product } from './product.ts';
import { canUse, type Tile } from './productTile.ts';
import type { Slice } from './slice.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.destroy());

/** Numbers in [-1, 1) from a small generator with a fixed seed. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

type Layout = ProductOptions['layout'];
interface Case {
  readonly layout: Layout;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly bias?: boolean;
  readonly residual?: boolean;
  readonly accumulate?: boolean;
  readonly norm?: boolean;
  readonly gated?: boolean;
  /** Rows that the buffers hold; default m. */
  readonly most?: number;
}

const EPSILON = 1e-5;
const GUARD = 7;

/** [rows, columns] of the result. */
function outShape(c: Case): readonly [number, number] {
  return c.layout === 'tn' ? [c.n, c.k] : [c.m, c.n];
}

/** The same in float64. */
function expected(c: Case, x: Inputs): Float64Array {
  const [rows, columns] = outShape(c);
  const out = new Float64Array(rows * columns);
  const norms = Array.from({ length: c.m }, (_, i) => {
    let squares = 0;
    for (let q = 0; q < c.k; q++) squares += x.a[i * c.k + q]! ** 2;
    return c.norm ? 1 / Math.sqrt(squares / c.k + EPSILON) : 1;
  });
  const activation = (i: number, q: number) => x.a[i * c.k + q]! * (c.norm ? x.gain[q]! * norms[i]! : 1);
  const dot = (i: number, j: number) => {
    let sum = 0;
    if (c.layout === 'tn') for (let t = 0; t < c.m; t++) sum += x.a[t * c.n + i]! * x.b[t * c.k + j]!;
    else
      for (let q = 0; q < c.k; q++)
        sum += activation(i, q) * (c.layout === 'nt' ? x.b[j * c.k + q]! : x.b[q * c.n + j]!);
    return sum;
  };
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const gate = dot(i, j);
      let value = c.gated ? (gate / (1 + Math.exp(-gate))) * dot(i, c.n + j) : gate;
      if (c.bias) value += x.bias[j]!;
      if (c.residual) value += x.residual[i * columns + j]!;
      if (c.accumulate || c.layout === 'tn') value += x.out[i * columns + j]!;
      out[i * columns + j] = value;
    }
  return out;
}

interface Inputs {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly bias: Float32Array;
  readonly residual: Float32Array;
  readonly gain: Float32Array;
  readonly out: Float32Array;
}

function inputsOf(c: Case): Inputs {
  const [rows, columns] = outShape(c);
  const capacity = c.most ?? c.m;
  const spare = c.layout === 'tn' ? 0 : (capacity - c.m) * c.n;
  return {
    a: numbers(capacity * (c.layout === 'tn' ? c.n : c.k), 1),
    b: numbers(c.layout === 'tn' ? capacity * c.k : c.n * c.k * (c.gated ? 2 : 1), 2),
    bias: numbers(c.n, 3),
    residual: numbers(rows * columns, 4),
    gain: numbers(c.k, 5),
    out: numbers(rows * columns + spare + GUARD, 6),
  };
}

async function run(c: Case, tile?: Tile): Promise<Float32Array> {
  const x = inputsOf(c);
  const up = (name: string, data: Float32Array): Slice => ({ ...gpu.upload(name, data), size: data.byteLength });
  const out = up('out', x.out);
  const dispatches = await product(gpu, {
    layout: c.layout,
    m: () => c.m,
    n: c.n,
    k: c.k,
    a: up('a', x.a),
    b: up('b', x.b),
    out,
    ...(c.bias && { bias: up('bias', x.bias) }),
    ...(c.residual && { residual: up('residual', x.residual) }),
    ...(c.accumulate && { accumulate: true }),
    ...(c.norm && { norm: { gain: up('gain', x.gain), epsilon: EPSILON } }),
    ...(c.gated && { gated: true }),
    ...(tile && { tile }),
  });
  const [bytes] = await gpu.submit({ label: 'product test', dispatches, read: [out] });
  return new Float32Array(bytes!);
}

/** Fails with the worst element; anything beyond the result must be as it was. */
function check(c: Case, got: Float32Array): void {
  const x = inputsOf(c);
  const want = expected(c, x);
  const depth = c.layout === 'tn' ? c.m : c.k;
  let worst = 0;
  want.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(got[i]! - value) / (1 + Math.abs(value)));
    if (Number.isNaN(got[i])) worst = Number.POSITIVE_INFINITY;
  });
  expect(worst, JSON.stringify(c)).toBeLessThan(2e-7 * (4 + depth));
  expect([...got.slice(want.length)], 'beyond the result').toEqual([...x.out.slice(want.length)]);
}

const small = (spread: boolean): Tile => ({ kind: 'register', rowQuads: 2, columnQuads: 3, spread });
/** Small tiles compile fast and have many edges; the sizes in use differ from them in numbers only. */
const TILES: Record<string, Tile> = {
  'a register tile': small(false),
  'a register tile spread over lanes': small(true),
  'a workgroup tile': { kind: 'workgroup', rows: 16, columns: 8, depth: 4, each: [2, 2] },
  'a skinny tile': { kind: 'skinny', rows: 3, columns: 2 },
};

const CASES: readonly Case[] = [
  { layout: 'nt', m: 1, n: 1, k: 1 },
  { layout: 'nt', m: 33, n: 41, k: 22, bias: true },
  { layout: 'nt', m: 37, n: 40, k: 24, bias: true, residual: true, most: 40 },
  { layout: 'nt', m: 64, n: 64, k: 64, accumulate: true },
  { layout: 'nn', m: 35, n: 22, k: 41 },
  { layout: 'nn', m: 30, n: 36, k: 28, accumulate: true, most: 64 },
  { layout: 'nn', m: 3, n: 130, k: 4, residual: true },
  { layout: 'tn', m: 1, n: 5, k: 3 },
  { layout: 'tn', m: 131, n: 41, k: 22 },
  { layout: 'tn', m: 310, n: 36, k: 40, most: 400 },
];

const FUSED: readonly Case[] = [
  { layout: 'nt', m: 3, n: 41, k: 22, norm: true },
  { layout: 'nt', m: 33, n: 20, k: 64, norm: true, bias: true },
  { layout: 'nt', m: 9, n: 13, k: 12, gated: true },
  { layout: 'nt', m: 34, n: 24, k: 22, norm: true, gated: true },
];

const usable = (tile: Tile, c: Case) =>
  canUse(gpu, tile, { layout: c.layout, norm: c.norm === true, gated: c.gated === true });

describe.each(Object.entries(TILES))('products by %s', (_, tile) => {
  const layouts = tile.kind === 'skinny' ? ['nt'] : ['nt', 'nn', 'tn'];
  const fused = tile.kind === 'workgroup' ? [] : FUSED;
  it.each([...CASES.filter((c) => layouts.includes(c.layout)), ...fused])(
    '$layout $m x $n x $k is the float64 formula',
    async (c) => {
      if (usable(tile, c)) check(c, await run(c, tile));
    },
  );
});

describe('products', () => {
  it('give the same bits whether rows are spread by subgroups or not', async ({ skip }) => {
    if (!gpu.has('subgroups')) skip('this GPU has no subgroups');
    for (const c of [...CASES, ...FUSED]) expect(await run(c, small(true))).toEqual(await run(c, small(false)));
  });

  it.each<Tile>([
    { kind: 'workgroup', rows: 32, columns: 32, depth: 8, each: [4, 4] },
    { kind: 'workgroup', rows: 64, columns: 64, depth: 16, each: [4, 4] },
    { kind: 'skinny', rows: 8, columns: 2 },
  ])('are right with the $kind tile that a GPU takes', async (tile) => {
    const c: Case = { layout: 'nt', m: 70, n: 67, k: 33 };
    check(c, await run(c, tile));
  });

  it('refuse a tile that cannot do what is asked', async () => {
    const workgroup = TILES['a workgroup tile']!;
    await expect(run({ layout: 'nt', m: 3, n: 4, k: 4, norm: true }, workgroup)).rejects.toThrow(RangeError);
    const skinny = TILES['a skinny tile']!;
    await expect(run({ layout: 'nn', m: 3, n: 4, k: 4 }, skinny)).rejects.toThrow(RangeError);
  });

  it('give the same bits every time, split or not', async () => {
    for (const c of [CASES[2]!, CASES[5]!, CASES[9]!]) {
      const once = await run(c);
      check(c, once);
      expect(await run(c)).toEqual(once);
    }
  });

  it('follow the number of tokens from submit to submit', async () => {
    let m = 0;
    const [n, k] = [6, 8];
    const a = numbers(20 * k, 1);
    const b = numbers(n * k, 2);
    const out = gpu.storage('out', 4 * 20 * n);
    const dispatches = await product(gpu, {
      layout: 'nt',
      m: () => m,
      n,
      k,
      a: gpu.upload('a', a),
      b: gpu.upload('b', b),
      out,
      tile: small(false),
    });
    for (m of [5, 20, 0, 3]) {
      const [bytes] = await gpu.submit({ label: 'tokens', clear: [out], dispatches, read: [out] });
      const rowsWritten = new Float32Array(bytes!).findLastIndex((value) => value !== 0);
      expect(Math.ceil((rowsWritten + 1) / n)).toBe(m);
    }
  });

  it('leave the result alone when there are no tokens', async () => {
    for (const layout of ['nt', 'nn', 'tn'] as const) {
      const c: Case = { layout, m: 0, n: 5, k: 8, most: 300 };
      expect(await run(c)).toEqual(inputsOf(c).out);
    }
  });

  it('sum columns, as the gradient of a bias', async () => {
    for (const [m, n] of [
      [1, 1],
      [300, 41],
      [130, 200],
    ] as const) {
      const a = numbers(m * n, 7);
      const before = numbers(n, 8);
      const out = gpu.upload('out', before);
      const dispatches = await columnSums(gpu, { m: () => m, n, a: gpu.upload('a', a), out });
      const [bytes] = await gpu.submit({ label: 'column sums', dispatches, read: [out] });
      const got = new Float32Array(bytes!);
      for (let j = 0; j < n; j++) {
        let sum = before[j]!;
        for (let i = 0; i < m; i++) sum += a[i * n + j]!;
        expect(Math.abs(got[j]! - sum)).toBeLessThan(1e-4);
      }
    }
  });
});
