// Everything that a reader sees of an experiment's results under one choice of measure, statistic, moment and baseline.
// It is computed in a worker of its own (analysisWorker.ts), because intervals over many seeds take seconds.

import type { SweepValues } from '../../experiments/definition.ts';
import { measuresOf, type When } from '../../experiments/measures.ts';
import type { Results } from '../../experiments/results.ts';
import { LEAST_SEEDS, LEVEL, type SeedInterval, type SeedStatistic } from '../../experiments/seedStatistics.ts';
import {
  armCurve,
  type BandedCurve,
  baselineOf,
  differenceCurve,
  type PointResults,
  pointResults,
  summaryAt,
} from '../../experiments/summary.ts';
import { type Verdict, verdictOf, verdictSentences } from '../../experiments/verdict.ts';

/** Of a longer curve so many steps are told: an interval over ten seeds takes some milliseconds. */
export const MOST_STEPS = 100;

/** What the reader wants to know. */
export interface Question {
  /** Measure.id */
  readonly measure: string;
  readonly when: When;
  readonly statistic: SeedStatistic;
  /** Name of the arm that the others are compared with. */
  readonly baseline: string;
}

export type ArmCurve = ReturnType<typeof armCurve>;

/** One config of the experiment: an arm, at a place of the sweep. */
export interface AnalysedPoint {
  readonly arm: string;
  readonly at: SweepValues;
  readonly name: string;
  readonly level: SeedInterval | null;
  /** Paired, from the baseline at the same place; null for the baseline itself, and where no seed has both. */
  readonly difference: SeedInterval | null;
  readonly ratio: SeedInterval | null;
  readonly isBaseline: boolean;
  readonly verdict: Verdict;
  readonly curve: ArmCurve;
  /** null for the baseline. */
  readonly differenceCurve: BandedCurve | null;
}

export interface Analysis {
  readonly question: Question;
  /** In the experiment's order. */
  readonly points: readonly AnalysedPoint[];
  /** What may be said. */
  readonly sentences: readonly string[];
}

/** @returns null when the results have no such measure */
export function analyse({ experiment, cells }: Results, question: Question): Analysis | null {
  const { measure: id, when, statistic, baseline } = question;
  const measure = measuresOf(cells).find((candidate) => candidate.id === id);
  if (measure === undefined) return null;
  const results: Results = { experiment: { ...experiment, baseline }, cells };
  const summaries = summaryAt(results, measure, when, statistic);
  const all = summaries.map(({ point }) => point);
  const points = summaries.map(({ point, level, difference, ratio }): AnalysedPoint => {
    const other = baselineOf(results.experiment, all, point);
    const isBaseline = other === point;
    return {
      arm: point.arm,
      at: point.at,
      name: point.name,
      level,
      difference,
      ratio,
      isBaseline,
      verdict: verdictOf(difference),
      curve: armCurve(point, id, statistic, MOST_STEPS),
      differenceCurve: isBaseline ? null : differenceCurve(point, other, id, statistic, MOST_STEPS),
    };
  });
  return { question, points, sentences: verdictSentences(summaries, baseline, measure, momentText(when, all, id)) };
}

/** Such as `after 200 steps`. */
function momentText(when: When, points: readonly PointResults[], measure: string): string {
  if (measure.startsWith('timing/')) return 'over the whole run';
  if (typeof when === 'object') return `after ${stepsText(when.step)}`;
  if (when === 'best') return 'at its best, which favours the arm that varies more';
  const last = Math.max(
    ...points.flatMap(({ cells }) => cells.flatMap(({ evaluations }) => evaluations.map(({ step }) => step))),
  );
  return last === 0 ? 'before training' : `after ${stepsText(last)}`;
}

const stepsText = (steps: number) => `${steps} step${steps === 1 ? '' : 's'}`;

/** One place of a ladder: what it is called, and its curve. */
export interface NamedCurve {
  readonly name: string;
  readonly curve: ArmCurve;
}

/** How the rollouts of each place of the ladder did in one point. */
export interface LadderCurves {
  readonly point: string;
  /** Mean reward by offset of the temperature, coldest first. */
  readonly reward: readonly NamedCurve[];
  /** Share of the signal, the sum of |A|, by offset. */
  readonly signal: readonly NamedCurve[];
}

const LADDER_METRICS = { reward: 'reward/tau/', signal: 'signal/tau/' } as const;

/** Of every point with a ladder. */
export function ladderCurves(results: Results, statistic: SeedStatistic): LadderCurves[] {
  return pointResults(results).flatMap((point) => {
    const curves = (prefix: string): NamedCurve[] => {
      const metrics = new Set(
        point.cells.flatMap(({ curve }) => Object.keys(curve.metrics).filter((metric) => metric.startsWith(prefix))),
      );
      return [...metrics]
        .map((metric) => metric.slice(prefix.length))
        .sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b))
        .map((offset) => ({
          name: `offset ${offset}`,
          curve: armCurve(point, `curve/${prefix}${offset}`, statistic, MOST_STEPS),
        }));
    };
    const reward = curves(LADDER_METRICS.reward);
    return reward.length < 2 ? [] : [{ point: point.name, reward, signal: curves(LADDER_METRICS.signal) }];
  });
}

/** How a band over so many seeds names itself: `mean of 5 seeds, 95 % bootstrap over seeds`. */
export function bandName(statistic: SeedStatistic, counts: readonly number[]): string {
  const what = statistic === 'mean' ? 'mean' : 'interquartile mean';
  if (counts.length === 0) return `${what} over seeds`;
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const seeds = least === most ? `${most} seed${most === 1 ? '' : 's'}` : `${least} to ${most} seeds`;
  const bootstrap = `${100 * LEVEL} % bootstrap over seeds`;
  const band =
    most === 1
      ? 'which has no band'
      : most < LEAST_SEEDS
        ? 'range of the seeds'
        : least < LEAST_SEEDS
          ? `${bootstrap} (with fewer than ${LEAST_SEEDS}: their range)`
          : bootstrap;
  return `${what} of ${seeds}, ${band}`;
}
