// Results with made-up numbers for tests: their shape is real, and every number is told by the test.

import { parseRunConfig } from '../grpo/runConfig.ts';
import { CELL_VERSION, type CellEvaluation, type CellResult } from './cellResult.ts';
import { type Cell, cellKey, cellsOf, type Experiment, type ExperimentInput, parseExperiment } from './definition.ts';
import { gather, type Results } from './results.ts';

export const TWO_ARMS = {
  name: 'two arms',
  question: 'Is b better than a?',
  base: { prompts: 2, group: 2 },
  arms: [
    { name: 'a', set: { sampler: { temperature: { rule: 'fixed', tau: 1 } } } },
    { name: 'b', set: { sampler: { temperature: { rule: 'fixed', tau: 2 } } } },
  ],
  seeds: [0, 1, 2, 3, 4],
  steps: 10,
  evaluation: { every: 5, prompts: 2, n: 4 },
  curve: { every: 5 },
} as const satisfies ExperimentInput;

/** @param correct of four rollouts, prompt by prompt */
export function evaluationOf(correct: readonly number[], more: Partial<CellEvaluation> = {}): CellEvaluation {
  return {
    step: 0,
    name: 'tau 1',
    n: 4,
    correct: [...correct],
    greedy: 0.5,
    outcomes: { ok: correct.reduce((sum, count) => sum + count, 0), 'wrong arithmetic': 1 },
    entropyNats: { all: 0.3, fork: 0.9, knowledge: 0.01, format: null },
    histogram: { binNats: 0.05, fork: [0, 0, 2], knowledge: [6], format: [], unknown: [] },
    gate: { precision: 0.75, recall: null },
    knowledgeRight: 0.99,
    meanLength: 13,
    ...more,
  };
}

/** A cell's result with these of its numbers. */
export async function resultOf(
  experiment: Experiment,
  { arm, at, seed, config }: Cell,
  numbers: Partial<Pick<CellResult, 'evaluations' | 'curve' | 'timing'>> = {},
): Promise<CellResult> {
  const cell = cellsOf(experiment).find(
    (each) => each.arm === arm && each.seed === seed && String(each.at) === String(at),
  );
  return {
    version: CELL_VERSION,
    key: await cellKey(experiment, cell!),
    arm,
    at: [...at],
    seed,
    config: parseRunConfig(config),
    run: 'ab'.repeat(32),
    weights: 'cd'.repeat(32),
    evaluations: [evaluationOf([1, 2])],
    curve: { every: 5, metrics: {} },
    warnings: [],
    machine: { code: '0', backend: 'cpu', adapter: 'none' },
    timing: { seconds: 60, step: 0.5, collect: 0.25, score: 0.125, update: 0.125, tokensPerSecond: 1000 },
    ...numbers,
  };
}

/** Results in which avg@4 of an arm and a seed is so after the last step (in eighths: two prompts, four rollouts). */
export async function resultsWith(
  eighths: Readonly<Record<string, readonly (number | null)[]>>,
  input: ExperimentInput = TWO_ARMS,
): Promise<Results> {
  const experiment = parseExperiment(input);
  const cells = await Promise.all(
    cellsOf(experiment).flatMap((cell) => {
      const correct = eighths[cell.arm]?.[experiment.seeds.indexOf(cell.seed)] ?? null;
      if (correct === null) return [];
      const last = evaluationOf([Math.min(4, correct), Math.max(0, correct - 4)], { step: experiment.steps });
      return [resultOf(experiment, cell, { evaluations: [evaluationOf([0, 1]), last] })];
    }),
  );
  return gather(experiment, cells);
}
