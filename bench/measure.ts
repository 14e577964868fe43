// Timing. Ratios are taken from neighbours in time (peer, ours, peer, ours, ...), so that a slow minute on a busy machine
// touches both sides; of such ratios the median is reported.

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Milliseconds that `work` takes. */
export async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export interface Interleaved {
  /** Median of theirs[i] / ours[i]. */
  readonly ratio: number;
  /** Medians. */
  readonly ourMs: number;
  readonly theirMs: number;
}

/**
 * Runs theirs, ours, theirs, ours ... after one unmeasured round of each (compiling, warming up), `rounds` times, or
 * fewer when `budgetMs` is spent, but at least once.
 */
export async function interleave(
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
  rounds: number,
  budgetMs: number,
): Promise<Interleaved> {
  await theirs();
  await ours();
  const started = performance.now();
  const times: { ours: number; theirs: number }[] = [];
  while (times.length < rounds && (times.length === 0 || performance.now() - started < budgetMs)) {
    const theirMs = await milliseconds(theirs);
    times.push({ theirs: theirMs, ours: await milliseconds(ours) });
  }
  return {
    ratio: median(times.map((t) => t.theirs / t.ours)),
    ourMs: median(times.map((t) => t.ours)),
    theirMs: median(times.map((t) => t.theirs)),
  };
}
