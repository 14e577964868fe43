// Numbers as JSON lines carry them.

/** 9 significant digits tell any two float32 apart, and most need fewer. */
const MOST_DIGITS = 9;
const LEAST_DIGITS = 6;

/** The nearest float32 in the fewest digits that read back as the same float32; NaN and infinities are null. */
export function float(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  const single = Math.fround(value);
  for (let digits = LEAST_DIGITS; digits < MOST_DIGITS; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number(single.toPrecision(MOST_DIGITS));
}

export function floats(values: Iterable<number>): (number | null)[] {
  return Array.from(values, float);
}
