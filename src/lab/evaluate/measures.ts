// What a cell of the matrix can show.

import type { Evaluation } from '../../grpo/evaluation.ts';
import type { Interval } from '../../grpo/statistics.ts';

export interface Measure {
  readonly id: string;
  readonly name: string;
  readonly read: (evaluation: Evaluation) => Interval | number | null;
}

/** Measures that every evaluation with these k has. */
export function measuresOf(k: readonly number[]): Measure[] {
  return [
    { id: 'avg', name: 'avg@n', read: ({ avg }) => avg },
    ...k
      .filter((each) => each > 1)
      .map((each): Measure => ({ id: `pass@${each}`, name: `pass@${each}`, read: ({ pass }) => pass[each] ?? null })),
    { id: 'greedy', name: 'greedy', read: ({ greedy }) => greedy },
    { id: 'knowledge', name: 'knowledge right', read: ({ knowledgeRight }) => knowledgeRight },
    { id: 'precision', name: 'gate precision', read: ({ gate }) => gate.precision },
    { id: 'recall', name: 'gate recall', read: ({ gate }) => gate.recall },
  ];
}
