import { describe, expect, it } from 'vitest';
import { parseTileTable, type TileTable } from './tileTable.ts';

describe('a tile table', () => {
  const table: TileTable = {
    adapter: 'some GPU',
    tiles: {
      a: { kind: 'register', rowQuads: 8, columnQuads: 4, spread: true },
      b: { kind: 'workgroup', rows: 32, columns: 32, depth: 8, each: [4, 4] },
      c: { kind: 'skinny', rows: 8, columns: 2 },
    },
  };

  it('comes back from JSON as it was', () => {
    expect(parseTileTable(JSON.parse(JSON.stringify(table)))).toEqual(table);
  });

  it.each([
    [null],
    ['tiles'],
    [{ adapter: 'some GPU' }],
    [{ adapter: 'some GPU', tiles: { a: { kind: 'spiral', rows: 3 } } }],
    [{ adapter: 'some GPU', tiles: { a: { kind: 'skinny', rows: 0, columns: 2 } } }],
    [{ adapter: 'some GPU', tiles: { a: { kind: 'workgroup', rows: 32, columns: 32, depth: 8, each: [4] } } }],
  ])('that is damaged is none: %j', (json) => {
    expect(parseTileTable(json)).toBeNull();
  });
});
