// Two policies on the same held-out problems with the same noise: only the differences prompt by prompt may speak of a
// winner (METHOD.md section 8: arms end within one seed's noise of each other).

import { type Evaluation, EvaluationError } from './evaluation.ts';
import { type PairedComparison, pairedBootstrap, passAtK } from './statistics.ts';

export interface EvaluationComparison {
  /** avg@n, after - before. */
  readonly avg: PairedComparison;
  /** pass@k by the k that both were asked for. */
  readonly pass: Readonly<Record<number, PairedComparison>>;
  readonly greedy: PairedComparison;
}

/** What must agree for prompt i of one to be prompt i of the other. */
const PAIRED = ['task', 'label', 'part', 'n', 'prompts', 'seed'] as const;

/**
 * Paired bootstraps over prompts of after - before, seeded by the evaluations' own seed. The samplers may differ.
 * @throws EvaluationError when the evaluations are not of the same problems
 */
export function compareEvaluations(before: Evaluation, after: Evaluation): EvaluationComparison {
  const differing = PAIRED.find((field) => before[field] !== after[field]);
  if (differing !== undefined)
    throw new EvaluationError(
      `These evaluations cannot be paired: ${differing} is ${before[differing]} in one and ${after[differing]} in the other.`,
    );
  if (before.perPrompt.some(({ prompt }, i) => after.perPrompt[i]!.prompt !== prompt))
    throw new EvaluationError('These evaluations cannot be paired: their prompts are not the same.');
  const { n, seed } = before;
  const paired = (value: (of: Evaluation['perPrompt'][number]) => number) =>
    pairedBootstrap(before.perPrompt.map(value), after.perPrompt.map(value), { seed });
  const common = Object.keys(before.pass).filter((k) => Object.hasOwn(after.pass, k));
  return {
    avg: paired(({ correct }) => correct / n),
    pass: Object.fromEntries(common.map((k) => [k, paired(({ correct }) => passAtK(n, correct, Number(k)))])),
    greedy: paired(({ greedy }) => (greedy ? 1 : 0)),
  };
}
