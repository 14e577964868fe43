import { expect } from 'vitest';
import type { Outcome, Task } from './task.ts';

/** Expects each completion of `prompt` to get the outcome beside it. */
export function expectOutcomes<P>(task: Task<P>, prompt: string, cases: readonly (readonly [string, Outcome])[]): void {
  const problem = task.parse(prompt);
  if (problem === null) throw new Error(`${task.name} cannot read the prompt ${prompt}.`);
  for (const [completion, outcome] of cases)
    expect(task.verify(problem, completion), completion).toEqual({ reward: outcome === 'ok' ? 1 : 0, outcome });
}

/** One letter a character: `f`ork, `k`nowledge, `.` for format, `?` for none. */
export function roleLetters<P>(task: Task<P>, prompt: string, completion: string): string {
  const letters = { fork: 'f', knowledge: 'k', format: '.' };
  return task
    .roles(task.parse(prompt)!, completion)
    .map((role) => (role === null ? '?' : letters[role]))
    .join('');
}
