// The tuner: what it chooses runs and is right, and what it exports is taken up again.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Gpu, openGpu } from './device.ts';
import { type ProductSpec, taskOf } from './productKernel.ts';
import { canUse, type Tile } from './productTile.ts';
import { chooseTile, enableTuning, exportTiles } from './tuner.ts';

let gpu: Gpu;
beforeEach(async () => {
  gpu = await openGpu();
});
afterEach(() => gpu.destroy());

const forward: ProductSpec = { label: 'forward', layout: 'nt', outputs: 32, inputs: 32, tokens: 64, bias: true };
const specs: readonly ProductSpec[] = [
  forward,
  { label: 'weights', layout: 'tn', outputs: 24, inputs: 20, tokens: 200, accumulate: true },
  { label: 'decode', layout: 'nt', outputs: 24, inputs: 32, tokens: 8, norm: { epsilon: 1e-6 }, gated: true },
];

describe('the tuner', () => {
  it('chooses tiles that can do what is asked, tuning or not', async () => {
    for (const spec of specs) expect(canUse(gpu, await chooseTile(gpu, spec), taskOf(spec))).toBe(true);
    expect(exportTiles(gpu).tiles).toEqual({});
    enableTuning(gpu);
    for (const spec of specs) expect(canUse(gpu, await chooseTile(gpu, spec), taskOf(spec))).toBe(true);
    expect(Object.keys(exportTiles(gpu).tiles)).toHaveLength(specs.length);
    gpu.check();
  });

  it('takes up a table of this adapter, and measures nothing again', async () => {
    const odd: Tile = { kind: 'register', rowQuads: 1, columnQuads: 2, spread: false };
    enableTuning(gpu, { table: { adapter: gpu.adapter, tiles: { 'nt, few tokens, small weights': odd } } });
    expect(await chooseTile(gpu, forward)).toEqual(odd);
    expect(gpu.submits).toBe(0);
    expect(JSON.parse(JSON.stringify(exportTiles(gpu)))).toEqual({
      adapter: gpu.adapter,
      tiles: { 'nt, few tokens, small weights': odd },
    });
  });

  it('passes over a table of another adapter, and a tile that this device cannot run', async () => {
    const plain = await chooseTile(gpu, forward);
    const odd: Tile = { kind: 'register', rowQuads: 1, columnQuads: 2, spread: false };
    enableTuning(gpu, { table: { adapter: 'another', tiles: { 'nt, few tokens, small weights': odd } }, budgetMs: 0 });
    expect(await chooseTile(gpu, forward)).toEqual(plain);
    const huge: Tile = { kind: 'workgroup', rows: 4096, columns: 4096, depth: 64, each: [1, 1] };
    enableTuning(gpu, { table: { adapter: gpu.adapter, tiles: { 'nt, few tokens, small weights': huge } } });
    expect(await chooseTile(gpu, forward)).toEqual(plain);
  });

  it('measures nothing once its budget is spent', async () => {
    enableTuning(gpu, { budgetMs: 0 });
    for (const spec of specs) await chooseTile(gpu, spec);
    expect(gpu.submits).toBe(0);
    expect(exportTiles(gpu).tiles).toEqual({});
  });
});
