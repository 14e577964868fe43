// Which tile each product takes.

import type { Gpu } from './device.ts';
import { isFused, type ProductSpec } from './productKernel.ts';
import type { Tile } from './productTile.ts';

/** The tile for a product on this GPU. */
export async function chooseTile(gpu: Gpu, spec: ProductSpec): Promise<Tile> {
  if (gpu.isSoftware) return { kind: 'register', rowQuads: 8, columnQuads: 8, spread: gpu.has('subgroups') };
  return isFused(spec)
    ? { kind: 'register', rowQuads: 1, columnQuads: 1, spread: false }
    : { kind: 'workgroup', rows: 32, columns: 32, depth: 8, each: [4, 4] };
}
