// What can be read off the result of a cell: a number at each of some steps.
//
//   evaluations   avg@n, pass@k, greedy and so on, after a number of steps; from counts, exactly
//   curves        a metric of training, mean over a few steps, at the middle of them
//   timing        one number a cell, of the machine that made it

import { averageAtN, passAtK } from '../grpo/statistics.ts';
import type { CellEvaluation, CellResult } from './cellResult.ts';
import { forksAboveKnowledge, shareBetween } from './entropyModes.ts';

export interface Measure {
  /** Names it in links and files, such as `eval/tau 1/pass@16`, `curve/grad_norm`, `timing/step`. */
  readonly id: string;
  /** Such as `pass@16 (tau 1)`. */
  readonly label: string;
  /** null: a share or a pure number. */
  readonly unit: 'nats' | 's' | 'tokens' | null;
  /** Whether a higher number is what one hopes for, a lower one, or neither. */
  readonly better: 'higher' | 'lower' | null;
}

export interface MeasuredSeries {
  readonly steps: readonly number[];
  /** null: not defined there. */
  readonly values: readonly (number | null)[];
}

/** The k of pass@k that are told, as far as there are so many rollouts. */
const USUAL_K = [4, 16, 64, 256];

interface EvaluationMeasure {
  readonly name: string;
  readonly unit: Measure['unit'];
  readonly better: Measure['better'];
  readonly value: (evaluation: CellEvaluation) => number | null;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function passMeasure(k: number): EvaluationMeasure {
  return {
    name: `pass@${k}`,
    unit: null,
    better: 'higher',
    value: ({ n, correct }) => (k > n ? null : meanOf(correct.map((c) => passAtK(n, c, k)))),
  };
}

function evaluationMeasures(n: number): EvaluationMeasure[] {
  const shareOf = (outcome: string): EvaluationMeasure['value'] => {
    return ({ outcomes, correct, n: rollouts }) => (outcomes[outcome] ?? 0) / (correct.length * rollouts);
  };
  return [
    { name: `avg@${n}`, unit: null, better: 'higher', value: ({ correct }) => averageAtN(correct, n) },
    ...USUAL_K.filter((k) => k <= n).map(passMeasure),
    { name: 'greedy', unit: null, better: 'higher', value: ({ greedy }) => greedy },
    { name: 'wrong arithmetic', unit: null, better: 'lower', value: shareOf('wrong arithmetic') },
    { name: 'knowledge right', unit: null, better: 'higher', value: ({ knowledgeRight }) => knowledgeRight },
    { name: 'entropy', unit: 'nats', better: null, value: ({ entropyNats }) => entropyNats.all },
    { name: 'entropy of forks', unit: 'nats', better: null, value: ({ entropyNats }) => entropyNats.fork },
    { name: 'entropy of knowledge', unit: 'nats', better: null, value: ({ entropyNats }) => entropyNats.knowledge },
    {
      name: 'forks above knowledge',
      unit: null,
      better: null,
      value: ({ histogram }) => forksAboveKnowledge(histogram),
    },
    { name: 'below 0.1 nats', unit: null, better: null, value: ({ histogram }) => shareBetween(histogram, 0, 0.1) },
    {
      name: '0.5 nats or more',
      unit: null,
      better: null,
      value: ({ histogram }) => shareBetween(histogram, 0.5, Number.POSITIVE_INFINITY),
    },
    { name: 'gate precision', unit: null, better: 'higher', value: ({ gate }) => gate.precision },
    { name: 'gate recall', unit: null, better: 'higher', value: ({ gate }) => gate.recall },
    { name: 'length', unit: 'tokens', better: null, value: ({ meanLength }) => meanLength },
  ];
}

const NATS = /^(entropy|threshold|kl$|sampling\/sampling_logp)/;
const TIMES = {
  step: 'time of a step',
  collect: 'time to collect',
  score: 'time to score',
  update: 'time to update',
  seconds: 'time of the whole run',
} as const;
type Time = keyof typeof TIMES;
const isTime = (name: string): name is Time => Object.hasOwn(TIMES, name);

const HIGHER = ['reward', 'pass@G', 'distinct_answers', 'gate/precision', 'gate/recall'];

function curveMeasure(name: string): Measure {
  return {
    id: `curve/${name}`,
    label: name,
    unit: NATS.test(name) ? 'nats' : name === 'num_tokens' || name.endsWith('mean_length') ? 'tokens' : null,
    better: HIGHER.includes(name) || name.startsWith('reward/tau/') ? 'higher' : null,
  };
}

/** Every measure that one of the cells has, evaluations first. */
export function measuresOf(cells: readonly CellResult[]): Measure[] {
  const found = new Map<string, Measure>();
  const add = (measure: Measure) => {
    if (!found.has(measure.id)) found.set(measure.id, measure);
  };
  for (const { evaluations } of cells)
    for (const evaluation of evaluations)
      for (const { name, unit, better, value } of evaluationMeasures(evaluation.n))
        if (value(evaluation) !== null)
          add({ id: `eval/${evaluation.name}/${name}`, label: `${name} (${evaluation.name})`, unit, better });
  for (const { curve } of cells)
    for (const [name, values] of Object.entries(curve.metrics))
      if (values.some((value) => value !== null)) add(curveMeasure(name));
  for (const { timing } of cells)
    for (const [name, label] of Object.entries(TIMES))
      if (timing[name as Time] !== null) add({ id: `timing/${name}`, label, unit: 's', better: 'lower' });
  return [...found.values()];
}

/** The measure of that id, whatever the results hold; null for an id that names none. */
export function measureById(id: string, cells: readonly CellResult[]): Measure | null {
  return measuresOf(cells).find((measure) => measure.id === id) ?? null;
}

/** A measure of one cell over its steps; no steps where the cell has no such measure. */
export function seriesOf(cell: CellResult, id: string): MeasuredSeries {
  const slash = id.indexOf('/');
  const [kind, rest] = [id.slice(0, slash), id.slice(slash + 1)];
  if (kind === 'curve') {
    const values = cell.curve.metrics[rest] ?? [];
    const { every } = cell.curve;
    // Step i is what step i drew and learnt; a point stands where the last of its steps is done.
    return { steps: values.map((_, i) => (i + 1) * every), values };
  }
  if (kind === 'timing')
    return isTime(rest) ? { steps: [lastStep(cell)], values: [cell.timing[rest]] } : { steps: [], values: [] };
  const made = cell.evaluations.flatMap((evaluation) => {
    if (!rest.startsWith(`${evaluation.name}/`)) return [];
    const measure = evaluationMeasures(evaluation.n).find(({ name }) => rest === `${evaluation.name}/${name}`);
    return measure === undefined ? [] : [{ step: evaluation.step, value: measure.value(evaluation) }];
  });
  return { steps: made.map(({ step }) => step), values: made.map(({ value }) => value) };
}

function lastStep({ evaluations }: CellResult): number {
  return Math.max(...evaluations.map(({ step }) => step));
}

/** Which of a cell's numbers is meant. */
export type When = 'last' | 'best' | { readonly step: number };

/**
 * One number of a series: the last that is defined, the best (the highest, or the lowest where lower is better), or that
 * at a step. Null where there is none.
 */
export function valueWhen({ steps, values }: MeasuredSeries, when: When, better: Measure['better']): number | null {
  if (typeof when === 'object') return values[steps.indexOf(when.step)] ?? null;
  const defined = values.filter((value) => value !== null);
  if (defined.length === 0) return null;
  if (when === 'last') return defined.at(-1)!;
  return better === 'lower' ? Math.min(...defined) : Math.max(...defined);
}
