// What a sentence on the results stands on: statements that a program can check. A sentence takes its numbers from them
// and never has any of its own, so that it cannot contradict the data.

import type { SweepValues } from '../definition.ts';
import { measureById, seriesOf, valueWhen, type When } from '../measures.ts';
import type { Results } from '../results.ts';
import { type SeedInterval, seedInterval } from '../seedStatistics.ts';
import { pointResults } from '../summary.ts';
import { verdictOf } from '../verdict.ts';
import { intervalText, numberText, signedText } from './numbers.ts';

interface Side {
  readonly measure: string;
  readonly when: When;
  readonly arm: string;
  /** Place of the sweep; none without one. */
  readonly at?: SweepValues;
}

/** A statement on one number a seed, or on the paired difference of two. */
export interface Claim extends Side {
  /** The other side, where it differs from this one; without it the claim is on the number itself. */
  readonly against?: Partial<Side>;
  /** Default: the difference. */
  readonly as?: 'ratio';
  /** How this side stands to the other one, by the rule of verdict.ts. */
  readonly verdict?: 'higher' | 'lower' | 'no difference';
  /** The whole interval lies between these. */
  readonly within?: readonly [number, number];
}

export interface Finding {
  /** {0} stands for the number and the interval of the first claim, and so on. */
  readonly text: string;
  readonly claims: readonly Claim[];
}

export interface Findings {
  /** With what the paper says. */
  readonly agrees: readonly Finding[];
  readonly disagrees: readonly Finding[];
  /** What these results cannot decide. */
  readonly open: readonly Finding[];
}

/** By seed. */
function valuesOf({ cells, ...rest }: Results, { measure, when, arm, at = [] }: Side): Map<number, number> {
  const known = measureById(measure, cells);
  const point = pointResults({ cells, ...rest }).find(
    (each) => each.arm === arm && JSON.stringify(each.at) === JSON.stringify(at),
  );
  if (known === null || point === undefined) return new Map();
  return new Map(
    point.cells.flatMap((cell): [number, number][] => {
      const value = valueWhen(seriesOf(cell, measure), when, known.better);
      return value === null ? [] : [[cell.seed, value]];
    }),
  );
}

/** The number that a claim is on, over seeds; null where the results have none. */
export function intervalOfClaim(results: Results, claim: Claim): SeedInterval | null {
  const here = valuesOf(results, claim);
  const there = claim.against === undefined ? null : valuesOf(results, { ...claim, ...claim.against });
  const values = [...here].flatMap(([seed, value]) => {
    if (there === null) return [value];
    const other = there.get(seed);
    return other === undefined ? [] : [claim.as === 'ratio' ? value / other : value - other];
  });
  return values.length === 0 ? null : seedInterval(values);
}

/** @returns what is wrong with a claim, in one sentence; null: it holds */
export function faultOf(results: Results, claim: Claim): string | null {
  const { arm, measure, against, as, verdict, within } = claim;
  const what = `${measure} of ${arm}${against === undefined ? '' : ` against ${JSON.stringify(against)}`}`;
  const interval = intervalOfClaim(results, claim);
  if (interval === null) return `${what}: the results have no such number.`;
  if (verdict === undefined && within === undefined) return `${what}: nothing is claimed of it.`;
  if (verdict !== undefined) {
    if (against === undefined) return `${what}: a verdict needs another side.`;
    const none = as === 'ratio' ? 1 : 0;
    const moved = (end: number | null) => (end === null ? null : end - none);
    const found = verdictOf({ ...interval, low: moved(interval.low), high: moved(interval.high) });
    if (found !== verdict) return `${what}: ${intervalText(interval)} is ${found}, not ${verdict}.`;
  }
  if (within !== undefined) {
    const [least, most] = within;
    const { value, low, high } = interval;
    if ((low ?? value) < least || (high ?? value) > most)
      return `${what}: ${intervalText(interval)} is not within ${least} to ${most}.`;
  }
  return null;
}

/** A finding with its numbers filled in. @throws RangeError for a number that the results or the claims do not have */
export function textOf(results: Results, { text, claims }: Finding): string {
  return text.replaceAll(/\{(\d+)\}/g, (_, digits: string) => {
    const claim = claims[Number(digits)];
    const interval = claim === undefined ? null : intervalOfClaim(results, claim);
    if (claim === undefined || interval === null) throw new RangeError(`There is no number {${digits}} for: ${text}`);
    const isDifference = claim.against !== undefined && claim.as !== 'ratio';
    return intervalText(interval, isDifference ? signedText : numberText);
  });
}
