// How the problems of this project are written down: graded, and in the words of this project alone.

import type { Domain } from '../../tasks/task.ts';
import type { Problem } from './problem.ts';

/** 1: grade school. 5: first year of university. Then the problem, and its answer. */
export type WrittenRow = readonly [level: 1 | 2 | 3 | 4 | 5, prompt: string, answer: string];

/** Problems of one domain. An id never changes, so new ones go to the end. */
export function writtenSet(domain: Domain, rows: readonly WrittenRow[]): readonly Problem[] {
  return rows.map(([level, prompt, answer], index) => ({
    id: `${domain}-${index + 1}`,
    domain,
    level,
    prompt,
    answer,
    source: 'this project',
  }));
}
