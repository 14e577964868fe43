// An evaluation as a line of JSON.

import type { EvaluationComparison } from '../grpo/compareEvaluations.ts';
import type { Evaluation } from '../grpo/evaluation.ts';
import type { Interval } from '../grpo/statistics.ts';

const bounds = ({ low, high }: Interval) => [low, high];

export interface LineExtras {
  /** The comparison with another policy. */
  readonly against: EvaluationComparison | null;
  readonly withPrompts: boolean;
}

/**
 * The fields of a line, in the order that docs/HEADLESS.md tells.
 * @param tau null where a rule decided
 */
export function evaluationLine(evaluation: Evaluation, tau: number | null, { against, withPrompts }: LineExtras) {
  const { task, label, n, prompts, seed, avg, pass, greedy, outcomes, entropyNats, gate, sampler } = evaluation;
  const eachPass = (value: (rate: Interval) => unknown) =>
    Object.fromEntries(Object.entries(pass).map(([k, rate]) => [k, value(rate)]));
  return {
    task,
    tau,
    n,
    prompts,
    avg: avg.mean,
    pass: eachPass(({ mean }) => mean),
    greedy: greedy.mean,
    outcomes,
    entropy: { fork: entropyNats.fork, knowledge: entropyNats.knowledge },
    gate,
    knowledgeRight: evaluation.knowledgeRight,
    meanLength: evaluation.meanLength,
    interval: { avg: bounds(avg), pass: eachPass(bounds), greedy: bounds(greedy) },
    difficulty: label,
    seed,
    ...(tau === null ? { sampler } : {}),
    ...(against === null ? {} : { against }),
    ...(withPrompts ? { perPrompt: evaluation.perPrompt } : {}),
  };
}
