// What the tuner found on one adapter, as JSON that a page or a file keeps until the next start.

import * as v from 'valibot';
import type { Tile } from './productTile.ts';

export interface TileTable {
  readonly adapter: string;
  /** By class of product, in the tuner's words. */
  readonly tiles: Readonly<Record<string, Tile>>;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024));

const tileSchema = v.variant('kind', [
  v.object({ kind: v.literal('register'), rowQuads: count, columnQuads: count, spread: v.boolean() }),
  v.object({
    kind: v.literal('workgroup'),
    rows: count,
    columns: count,
    depth: count,
    each: v.tuple([count, count]),
  }),
  v.object({ kind: v.literal('skinny'), rows: count, columns: count }),
]);

const tableSchema = v.object({ adapter: v.string(), tiles: v.record(v.string(), tileSchema) });

/** The table in `json`, or null when it is none: it only saves time, so a damaged one is not worth an error. */
export function parseTileTable(json: unknown): TileTable | null {
  const result = v.safeParse(tableSchema, json);
  return result.success ? result.output : null;
}
