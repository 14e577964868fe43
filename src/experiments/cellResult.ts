// What a cell leaves: everything that may be said of it later, small enough to be kept for good.
//
// Counts are kept, not rates: avg@n and pass@k for every k follow from the correct rollouts of each prompt. All but
// `timing` and `machine` is a pure function of the cell.

import * as v from 'valibot';
import type { Evaluation } from '../grpo/evaluation.ts';
import type { RunConfig } from '../grpo/runConfig.ts';
import { SIGNS } from '../grpo/sentinel.ts';
import type { MetricsRow } from '../grpo/stages.ts';

export const CELL_VERSION = 1;
/** Digits that means keep: more than one seed's noise leaves of meaning. */
const DIGITS = 6;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const maybe = v.nullable(finite);
const bins = v.array(whole);

export const cellEvaluationSchema = v.strictObject({
  /** Steps trained before it. */
  step: whole,
  /** PlannedEvaluation.name */
  name: v.string(),
  n: whole,
  /** c of n, prompt by prompt. */
  correct: v.array(whole),
  /** Share of prompts that argmax solves. */
  greedy: finite,
  outcomes: v.record(v.string(), whole),
  /** Mean entropy at tau 1 by true role, nats. */
  entropyNats: v.strictObject({ all: maybe, fork: maybe, knowledge: maybe, format: maybe }),
  /** Tokens in each bin of entropy, by true role; bins at the end that are empty are left out. */
  histogram: v.strictObject({ binNats: finite, fork: bins, knowledge: bins, format: bins, unknown: bins }),
  gate: v.strictObject({ precision: maybe, recall: maybe }),
  knowledgeRight: maybe,
  meanLength: finite,
});

export const cellResultSchema = v.strictObject({
  version: v.literal(CELL_VERSION),
  /** See cellKey. */
  key: v.string(),
  arm: v.string(),
  at: v.array(v.union([v.number(), v.string(), v.boolean()])),
  seed: whole,
  /** The whole run config. */
  config: v.custom<RunConfig>((value) => typeof value === 'object' && value !== null, 'a run config is needed'),
  /** Hash of the training run, see runHash; null without training. */
  run: v.nullable(v.string()),
  /** SHA-256 of the weights that it starts from. */
  weights: v.string(),
  evaluations: v.pipe(v.array(cellEvaluationSchema), v.minLength(1)),
  curve: v.strictObject({
    every: whole,
    /** Mean over steps i * every to (i + 1) * every; null where no step has the metric. */
    metrics: v.record(v.string(), v.array(maybe)),
  }),
  /** What the sentinel saw. */
  warnings: v.array(v.strictObject({ sign: v.picklist(SIGNS), step: whole })),
  machine: v.strictObject({
    code: v.string(),
    backend: v.picklist(['webgpu', 'cpu', 'reference']),
    adapter: v.string(),
  }),
  timing: v.strictObject({
    /** Training and evaluation together. */
    seconds: finite,
    /** Medians over steps, seconds; null without training. */
    step: maybe,
    collect: maybe,
    score: maybe,
    update: maybe,
    /** Generated and prompt tokens a second of the steps' own time. */
    tokensPerSecond: maybe,
  }),
});

export type CellResult = v.InferOutput<typeof cellResultSchema>;
export type CellEvaluation = CellResult['evaluations'][number];

/** A result without what differs from one making of it to the next. */
export function lasting({ timing: _, machine: __, ...rest }: CellResult): Omit<CellResult, 'timing' | 'machine'> {
  return rest;
}

const short = (value: number): number => Number(value.toPrecision(DIGITS));
const shortOrNull = (value: number | null): number | null => (value === null ? null : short(value));

/** What a cell keeps of an evaluation. */
export function keptEvaluation(evaluation: Evaluation, step: number, name: string): CellEvaluation {
  const { n, perPrompt, greedy, outcomes, entropyNats, histogram, gate, knowledgeRight, meanLength } = evaluation;
  return {
    step,
    name,
    n,
    correct: perPrompt.map(({ correct }) => correct),
    greedy: short(greedy.mean),
    outcomes: { ...outcomes },
    entropyNats: {
      all: shortOrNull(entropyNats.all),
      fork: shortOrNull(entropyNats.fork),
      knowledge: shortOrNull(entropyNats.knowledge),
      format: shortOrNull(entropyNats.format),
    },
    histogram: {
      binNats: histogram.binNats,
      fork: trimmed(histogram.fork),
      knowledge: trimmed(histogram.knowledge),
      format: trimmed(histogram.format),
      unknown: trimmed(histogram.unknown),
    },
    gate: { precision: shortOrNull(gate.precision), recall: shortOrNull(gate.recall) },
    knowledgeRight: shortOrNull(knowledgeRight),
    meanLength: short(meanLength),
  };
}

function trimmed(counts: readonly number[]): number[] {
  return counts.slice(0, counts.findLastIndex((count) => count > 0) + 1);
}

/** The metrics of a run that a list of names, some ending in /*, stands for; in the order of the list. */
function namesIn(rows: readonly MetricsRow[], wanted: readonly string[]): string[] {
  const there = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [
    ...new Set(
      wanted.flatMap((name) =>
        name.endsWith('/*') ? there.filter((other) => other.startsWith(name.slice(0, -1))) : [name],
      ),
    ),
  ];
}

/** Means of metrics over every `every` steps. */
export function keptCurve(
  rows: readonly MetricsRow[],
  { every, metrics }: { readonly every: number; readonly metrics: readonly string[] },
): CellResult['curve'] {
  const points = Math.ceil(rows.length / every);
  const mean = (name: string, point: number): number | null => {
    const values = rows.slice(point * every, (point + 1) * every).flatMap((row) => row[name] ?? []);
    if (values.length === 0) return null;
    return short(values.reduce((sum, value) => sum + value, 0) / values.length);
  };
  return {
    every,
    metrics: Object.fromEntries(
      namesIn(rows, metrics).map((name) => [name, Array.from({ length: points }, (_, i) => mean(name, i))]),
    ),
  };
}
