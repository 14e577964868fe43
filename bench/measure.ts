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

/** How long to go on measuring: `rounds`, or fewer once `budgetMs` are spent, but at least one. */
export interface Patience {
  readonly rounds: number;
  readonly budgetMs: number;
}

async function repeat({ rounds, budgetMs }: Patience, round: () => Promise<void>): Promise<void> {
  const started = performance.now();
  for (let i = 0; i < rounds && (i === 0 || performance.now() - started < budgetMs); i++) await round();
}

/** Median milliseconds of `work`, after one unmeasured run (compiling, warming up). */
export async function medianMilliseconds(work: () => Promise<unknown>, patience: Patience): Promise<number> {
  await work();
  const times: number[] = [];
  await repeat(patience, async () => {
    times.push(await milliseconds(work));
  });
  return median(times);
}

export interface Interleaved {
  /** Median of theirs[i] / ours[i]. */
  readonly ratio: number;
  /** Medians. */
  readonly ourMs: number;
  readonly theirMs: number;
}

/** Runs theirs, ours, theirs, ours ... after one unmeasured run of each. */
export async function interleave(
  ours: () => Promise<unknown>,
  theirs: () => Promise<unknown>,
  patience: Patience,
): Promise<Interleaved> {
  await theirs();
  await ours();
  const times: { ours: number; theirs: number }[] = [];
  await repeat(patience, async () => {
    const theirMs = await milliseconds(theirs);
    times.push({ theirs: theirMs, ours: await milliseconds(ours) });
  });
  return {
    ratio: median(times.map((t) => t.theirs / t.ours)),
    ourMs: median(times.map((t) => t.ours)),
    theirMs: median(times.map((t) => t.theirs)),
  };
}
