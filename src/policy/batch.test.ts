import { describe, expect, it } from 'vitest';
import { attentionTiles, checkBatch, packRows, positions, rowsOf, splitRows, tokenBuckets } from './batch.ts';
import type { TokenBatch } from './engine.ts';

const VOCABULARY = 10;
const MAX_POSITIONS = 5;

/** Rows of 3, 1 and 4 tokens. */
const batch: TokenBatch = {
  ids: Int32Array.of(1, 2, 3, 9, 0, 2, 2, 7),
  rowStart: Int32Array.of(0, 3, 4, 8),
  tau: Float32Array.of(1, 0.5, 2, 1, 1, 1, 1.5, 1),
};

describe('checkBatch', () => {
  const check = (change: Partial<TokenBatch>) => () => checkBatch({ ...batch, ...change }, VOCABULARY, MAX_POSITIONS);
  const replaced = <T extends Int32Array | Float32Array>(array: T, at: number, value: number) => {
    const copy = array.slice() as T;
    copy[at] = value;
    return copy;
  };

  it('accepts ragged rows, and any temperature at the first token of a row', () => {
    expect(check({})).not.toThrow();
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(check({ tau: replaced(batch.tau, 3, value) })).not.toThrow();
  });

  it.each<[string, Partial<TokenBatch>, string]>([
    ['no row', { rowStart: Int32Array.of(0) }, 'A batch needs at least one row, with rowStart from 0'],
    ['no rowStart', { rowStart: new Int32Array() }, 'A batch needs at least one row'],
    ['a late start', { rowStart: Int32Array.of(1, 8) }, 'A batch needs at least one row'],
    ['an early end', { rowStart: Int32Array.of(0, 3, 7) }, 'A batch needs at least one row'],
    ['an empty row', { rowStart: Int32Array.of(0, 3, 3, 8) }, 'Row 1 of the batch is empty.'],
    ['a row that runs backwards', { rowStart: Int32Array.of(0, 4, 3, 8) }, 'Row 1 of the batch is empty.'],
    ['a row too long', { rowStart: Int32Array.of(0, 2, 8) }, 'Row 1 has 6 tokens, but this policy takes at most 5.'],
    ['too few temperatures', { tau: batch.tau.subarray(1) }, 'The batch has 8 tokens but 7 temperatures.'],
    ['an id too large', { ids: replaced(batch.ids, 4, 10) }, 'Row 2 holds the id 10, but this policy has ids 0 to 9.'],
    ['a negative id', { ids: replaced(batch.ids, 0, -1) }, 'Row 0 holds the id -1, but this policy has ids 0 to 9.'],
    ['temperature 0', { tau: replaced(batch.tau, 1, 0) }, 'Row 0 has the temperature 0; it must be a finite number'],
    ['a negative temperature', { tau: replaced(batch.tau, 5, -1) }, 'Row 2 has the temperature -1;'],
    ['a temperature that is no number', { tau: replaced(batch.tau, 7, Number.NaN) }, 'Row 2 has the temperature NaN;'],
    ['an infinite temperature', { tau: replaced(batch.tau, 2, Number.POSITIVE_INFINITY) }, 'the temperature Infinity;'],
  ])('refuses %s in a sentence', (_, change, sentence) => {
    expect(check(change)).toThrow(sentence);
    expect(check(change)).toThrow(expect.objectContaining({ name: 'BatchError' }));
  });
});

it('packRows lays rows end to end', () => {
  const { ids, rowStart } = packRows([[1, 2, 3], Int32Array.of(9), [0, 2, 2, 7]]);
  expect(ids).toEqual(batch.ids);
  expect(rowStart).toEqual(batch.rowStart);
  expect(packRows([])).toEqual({ ids: new Int32Array(), rowStart: Int32Array.of(0) });
});

it('positions count from 0 in every row', () => {
  expect([...positions(batch.rowStart)]).toEqual([0, 1, 2, 0, 0, 1, 2, 3]);
});

it.each([1, 2, 3, 4])('attention tiles of %i cover every token once and none lies across rows', (size) => {
  const words = attentionTiles(batch.rowStart, size);
  const covered: number[] = [];
  for (let at = 0; at < words.length; at += 4) {
    const [first, start, end] = words.subarray(at, at + 3) as unknown as [number, number, number];
    const row = batch.rowStart.findLastIndex((s) => s <= first);
    expect([start, end]).toEqual([batch.rowStart[row], batch.rowStart[row + 1]]);
    for (let t = first; t < Math.min(first + size, end); t++) covered.push(t);
  }
  expect(covered).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

it('token buckets hold each id once, rising, with its tokens in order', () => {
  const { ids, starts, tokens } = tokenBuckets(batch.ids);
  expect([...ids]).toEqual([0, 1, 2, 3, 7, 9]);
  const lists = [...ids].map((_, b) => [...tokens.subarray(starts[b], starts[b + 1])]);
  expect(lists).toEqual([[4], [0], [1, 5, 6], [2], [7], [3]]);
  expect([...starts]).toEqual([0, 1, 2, 5, 6, 7, 8]);
});

describe('splitRows', () => {
  it.each<[number, (readonly [number, number])[]]>([
    [100, [[0, 3]]],
    [8, [[0, 3]]],
    [
      7,
      [
        [0, 2],
        [2, 3],
      ],
    ],
    [
      4,
      [
        [0, 2],
        [2, 3],
      ],
    ],
    [
      3,
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    ],
    [
      1,
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    ],
  ])('into passes of %i tokens', (most, ranges) => {
    expect(splitRows(batch.rowStart, most)).toEqual(ranges);
  });

  it('loses no row and keeps to the limit unless one row alone is longer', () => {
    const lengths = [70, 1, 2, 33, 5, 64, 64, 1, 1, 90, 3];
    const { rowStart } = packRows(lengths.map((n) => new Int32Array(n)));
    for (let most = 1; most <= 400; most++) {
      const ranges = splitRows(rowStart, most);
      expect(ranges.flatMap(([from, to]) => lengths.slice(from, to))).toEqual(lengths);
      for (const [from, to] of ranges)
        expect(to - from === 1 || rowStart[to]! - rowStart[from]! <= most, `${most}: ${from} to ${to}`).toBe(true);
    }
  });
});

it('rowsOf cuts rows out as a batch of their own', () => {
  const part = rowsOf(batch, [1, 3]);
  expect([...part.ids]).toEqual([9, 0, 2, 2, 7]);
  expect([...part.rowStart]).toEqual([0, 1, 5]);
  expect([...part.tau]).toEqual([1, 1, 1, 1.5, 1]);
  expect(rowsOf(batch, [0, 3])).toEqual(batch);
});
