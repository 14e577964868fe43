// Where problems come from: a task's generator, or a user's own list. The trainer and the evaluator know only this.

import { randomSource } from './random.ts';
import { drawProblem, type Part } from './split.ts';
import type { Role, Task, Verdict } from './task.ts';

/** One problem as the trainer meets it: text to continue, and what can be said of a completion. */
export interface PosedProblem {
  readonly prompt: string;
  /** Total: any completion gets a verdict. */
  readonly verify: (completion: string) => Verdict;
  /** One entry a character; null where the true role is not known. */
  readonly roles: (completion: string) => readonly (Role | null)[];
}

export interface ProblemSource {
  /** Gives the alphabet, the stop character and the name. */
  readonly task: Task;
  /** What sets this source apart within the task, such as its difficulty; part of a run's identity. */
  readonly label: string;
  /**
   * Problem `index` of a stream: a pure function of part, seed and index.
   * @throws RangeError when that part has no problem
   */
  readonly problem: (part: Part, seed: number, index: number) => PosedProblem;
}

/** Problems that a task generates, split by hash of the prompt. @throws RangeError when there is no such difficulty */
export function taskSource(task: Task, difficulty: string): ProblemSource {
  if (!Object.hasOwn(task.difficulties, difficulty))
    throw new RangeError(
      `${task.title} has no difficulty ${JSON.stringify(difficulty)}; it has ${Object.keys(task.difficulties).join(', ')}.`,
    );
  return {
    task,
    label: difficulty,
    problem: (part, seed, index) => {
      const problem = drawProblem(task, difficulty, part, randomSource(seed, index));
      return {
        prompt: task.promptOf(problem),
        verify: (completion) => task.verify(problem, completion),
        roles: (completion) => task.roles(problem, completion),
      };
    },
  };
}
