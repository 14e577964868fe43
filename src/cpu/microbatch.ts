// Ragged rows cut into padded microbatches of few shapes: jax-js compiles its functions once for every shape, which takes a
// second, and keeps them. Sizes of 2^n and 3 * 2^n bound the number of shapes to a few dozen, of which a run meets two or three.

import type { PolicyConfig } from '../policy/config.ts';
import type { TokenBatch } from '../policy/engine.ts';

/** Rows of a batch, padded to B rows of T positions; position t of a row reads token t and predicts token t + 1. */
export interface Microbatch {
  /** Row numbers in the batch; as many as B or fewer. */
  readonly rows: readonly number[];
  /** B, 2^n or 3 * 2^n: at most a third of it is padding. */
  readonly paddedRows: number;
  /** T, 2^n or 3 * 2^n. */
  readonly positions: number;
}

const MOST_ROWS = 64;
const FEWEST_POSITIONS = 8;
/** Float32 values that a microbatch's attention weights of one layer may take (16 MiB). */
const MOST_ATTENTION = 1 << 22;
/** Float32 values that a microbatch's activations may take, kept from forward to backward (256 MiB). */
const MOST_ACTIVATIONS = 1 << 26;

/** Every row that predicts something, longest first, so that rows of a microbatch are padded little. */
export function microbatches(config: PolicyConfig, rowStart: Int32Array): Microbatch[] {
  const predictions = (row: number) => rowStart[row + 1]! - rowStart[row]! - 1;
  const rows = Array.from({ length: rowStart.length - 1 }, (_, row) => row)
    .filter((row) => predictions(row) > 0)
    .sort((a, b) => predictions(b) - predictions(a) || a - b);
  const list: Microbatch[] = [];
  for (let from = 0; from < rows.length; ) {
    const positions = roundedUp(Math.max(FEWEST_POSITIONS, predictions(rows[from]!)));
    const paddedRows = Math.min(mostRows(config, positions), roundedUp(rows.length - from));
    const taken = rows.slice(from, from + paddedRows);
    list.push({ rows: taken, paddedRows, positions });
    from += taken.length;
  }
  return list;
}

/** The smallest 2^n or 3 * 2^n that is >= count. */
function roundedUp(count: number): number {
  const power = 2 ** Math.ceil(Math.log2(count));
  return power % 4 === 0 && power * 0.75 >= count ? power * 0.75 : power;
}

/** The largest power of two of rows within the memory limits; at least 1. */
function mostRows(c: PolicyConfig, positions: number): number {
  const activationsPerToken = c.layers * (10 * c.width + 5 * c.mlpWidth);
  const rows = Math.min(
    MOST_ROWS,
    MOST_ATTENTION / (positions * positions * c.heads),
    MOST_ACTIVATIONS / (positions * activationsPerToken),
  );
  return 2 ** Math.floor(Math.log2(Math.max(1, rows)));
}

/**
 * Visits the real positions of a microbatch: `padded` is the place in [B, T], `token` the packed index of the token it
 * reads; it predicts token + 1.
 */
export function forEachPosition(
  { rows, positions }: Microbatch,
  rowStart: Int32Array,
  visit: (padded: number, token: number) => void,
): void {
  rows.forEach((row, b) => {
    const start = rowStart[row]!;
    const count = rowStart[row + 1]! - start - 1;
    for (let t = 0; t < count; t++) visit(b * positions + t, start + t);
  });
}

/** Values of the predicted tokens, aligned with TokenBatch.ids, as [B, T]; padding gets `filler`. */
export function padPredictions<A extends Float32Array | Int32Array>(
  micro: Microbatch,
  batch: TokenBatch,
  values: A,
  out: A,
  filler: number,
): A {
  out.fill(filler);
  forEachPosition(micro, batch.rowStart, (padded, token) => {
    out[padded] = values[token + 1]!;
  });
  return out;
}
