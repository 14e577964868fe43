// How the report writes numbers.

import type { SeedInterval } from '../seedStatistics.ts';
import { fourDigits } from '../verdict.ts';

/** Below this a number is told by its power of ten. */
const SMALL = 1e-3;

export function numberText(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && size < SMALL ? value.toExponential(2) : fourDigits(value);
}

/** With its sign. */
export function signedText(value: number): string {
  return `${value < 0 ? '' : '+'}${numberText(value)}`;
}

/** `0.3102 (0.2950 to 0.3255)`; where the ends are only those of the values, it says so; alone without ends. */
export function intervalText(
  { value, low, high, band }: SeedInterval,
  of: (value: number) => string = numberText,
): string {
  if (low === null || high === null) return of(value);
  return `${of(value)} (${band === 'range' ? 'range ' : ''}${of(low)} to ${of(high)})`;
}

/** `1 h 23 min`, `4 min`, `12 s` */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
