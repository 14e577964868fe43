// What a comparison says in words. A difference is named only where its interval leaves out zero, and never on fewer
// seeds than an interval can be trusted with.

import type { Measure } from './measures.ts';
import { LEAST_SEEDS, LEVEL, type SeedInterval } from './seedStatistics.ts';
import type { PointSummary } from './summary.ts';

export type Verdict = 'higher' | 'lower' | 'no difference' | 'too few seeds' | 'no result';

/** @param difference paired, from the baseline */
export function verdictOf(difference: SeedInterval | null): Verdict {
  if (difference === null) return 'no result';
  const { low, high, band } = difference;
  if (band !== 'interval') return 'too few seeds';
  return low! > 0 ? 'higher' : high! < 0 ? 'lower' : 'no difference';
}

/** A number with its sign, to the digits that a difference is told with. */
export function signed(value: number): string {
  const text = fourDigits(Math.abs(value));
  return `${value < 0 && Number(text) !== 0 ? '-' : '+'}${text}`;
}

/** Four decimals below 10, and then fewer. */
export function fourDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 10 ? 4 : size < 1000 ? 2 : 0);
}

/** `+0.0123, 95 % interval -0.0010 to +0.0250, 5 paired seeds` */
export function differenceWords({ value, low, high, n, band }: SeedInterval): string {
  const seeds = `${n} paired seed${n === 1 ? '' : 's'}`;
  if (band === null) return `${signed(value)}, ${seeds}`;
  const name = band === 'interval' ? `${100 * LEVEL} % interval` : 'range';
  return `${signed(value)}, ${name} ${signed(low!)} to ${signed(high!)}, ${seeds}`;
}

/**
 * One sentence on one arm against the baseline.
 * @param moment such as `after 200 steps`
 */
export function verdictSentence(
  { point, difference }: Pick<PointSummary, 'point' | 'difference'>,
  baseline: string,
  measure: Measure,
  moment: string,
): string {
  const what = `${measure.label} ${moment}`;
  if (difference === null) return `${point.name} and ${baseline} have no seed in common yet.`;
  switch (verdictOf(difference)) {
    case 'higher':
      return `${point.name} is higher than ${baseline} in ${what}: ${differenceWords(difference)}, which excludes zero.`;
    case 'lower':
      return `${point.name} is lower than ${baseline} in ${what}: ${differenceWords(difference)}, which excludes zero.`;
    case 'no difference':
      return `No difference between ${point.name} and ${baseline} was found in ${what}: ${differenceWords(difference)}, which includes zero.`;
    default:
      return `Nothing can be said yet of ${point.name} against ${baseline} in ${what}: ${differenceWords(difference)}; at least ${LEAST_SEEDS} are needed.`;
  }
}

/** What to add where several comparisons stand side by side; empty for one. */
export function manyComparisons(count: number): string {
  return count < 2
    ? ''
    : `These are ${count} comparisons, each at ${100 * LEVEL} %: with no difference anywhere, up to ${(100 * (1 - LEVEL ** count)).toFixed(0)} in 100 such experiments would still show one or more.`;
}

/**
 * The whole of a comparison: a sentence on every arm, and on how many they are. No winner is named unless its interval
 * excludes zero.
 */
export function verdictSentences(
  summaries: readonly PointSummary[],
  baseline: string,
  measure: Measure,
  moment: string,
): string[] {
  const compared = summaries.filter(({ point }) => point.arm !== baseline);
  const nameOf = (summary: PointSummary) => summary.point.name.replace(summary.point.arm, baseline);
  const many = manyComparisons(compared.length);
  return [
    ...compared.map((summary) => verdictSentence(summary, nameOf(summary), measure, moment)),
    ...(many === '' ? [] : [many]),
  ];
}
