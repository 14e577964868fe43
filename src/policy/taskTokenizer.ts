// The vocabulary of a policy that does one task: a padding token, then the task's alphabet in its own order.

import type { Task } from '../tasks/task.ts';
import { type CharacterTokenizer, createTokenizer, PAD } from './tokenizer.ts';

/** The tokenizer of a task's policies. Completions end with the task's own stop character, so there is no <eos>. */
export function taskTokenizer({ alphabet }: Pick<Task, 'alphabet'>): CharacterTokenizer {
  return createTokenizer({ characters: alphabet, special: [PAD] });
}

/** The id of the task's stop character. @throws TokenizerError when the tokenizer lacks it */
export function taskStopToken({ stop }: Pick<Task, 'stop'>, tokenizer: CharacterTokenizer): number {
  return tokenizer.encode(stop).at(-1)!;
}
