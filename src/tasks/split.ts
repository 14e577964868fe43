// Which problems are held out of training. A hash of the prompt decides, so no list is kept, nothing can leak, and a
// prompt stays on its side in every run, version and difficulty.

import type { RandomSource, Task } from './task.ts';

/** One prompt in so many is held out. */
const PROMPTS_PER_HELD_OUT_ONE = 8;
/** Draws before a difficulty counts as having no problem on one side; by chance it happens less often than once in 10^50. */
const MOST_DRAWS = 1000;

export type Part = 'training' | 'held-out';

/** FNV-1a over UTF-16 units, then murmur3's finish, for FNV's low bits alone are poorly mixed. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The side of the split that a prompt is on. */
export function partOf(prompt: string): Part {
  return hash32(prompt) % PROMPTS_PER_HELD_OUT_ONE === 0 ? 'held-out' : 'training';
}

/**
 * A problem of `task` on one side of the split.
 * @throws RangeError when the task has no such difficulty, or the difficulty no problem on that side
 */
export function drawProblem<Problem>(
  task: Pick<Task<Problem>, 'name' | 'generate' | 'promptOf'>,
  difficulty: string,
  part: Part,
  random: RandomSource,
): Problem {
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const problem = task.generate(difficulty, random);
    if (partOf(task.promptOf(problem)) === part) return problem;
  }
  throw new RangeError(`The task ${task.name} has no ${part} problem of difficulty '${difficulty}'.`);
}
