// float32 numbers as JSON carries them: 0.1, not the 0.10000000149011612 that its float64 value reads.

/** 9 significant digits tell any two float32 apart, and most need fewer. */
const MOST_DIGITS = 9;
const LEAST_DIGITS = 6;

/** The number of fewest digits (6 to 9) whose nearest float32 is that of `value`; NaN and infinities stay. */
export function shortFloat(value: number): number {
  const single = Math.fround(value);
  for (let digits = LEAST_DIGITS; digits < MOST_DIGITS; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number(single.toPrecision(MOST_DIGITS));
}
