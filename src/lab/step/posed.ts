// The prompt of the Step room: a held-out problem of the task, or the reader's own text.

import { CharacterTokenizer, TokenizerError } from '../../policy/tokenizer.ts';
import { taskByName } from '../../tasks/index.ts';
import { type PosedProblem, taskSource } from '../../tasks/source.ts';
import type { Task } from '../../tasks/task.ts';
import type { PolicyView } from './calls.ts';

export interface Posed {
  /** null: a record names a task that is not one of ours. */
  readonly task: Task | null;
  readonly title: string;
  readonly problem: PosedProblem;
  readonly promptIds: Int32Array;
}

export interface Asked {
  readonly task: string;
  readonly difficulty: string;
  readonly seed: number;
  /** null: problem `problem` of the task. */
  readonly prompt: string | null;
  readonly problem: number;
}

/** Thrown for a prompt that cannot be posed; the message is one sentence. */
export class PromptError extends Error {
  override readonly name = 'PromptError';
}

export function tokenizerOf({ tokens, special }: Pick<PolicyView, 'tokens' | 'special'>): CharacterTokenizer {
  return new CharacterTokenizer(tokens, special);
}

/**
 * The problem that is asked for, as the policy reads it.
 * @throws PromptError for text outside the alphabet, or that states no problem of the task
 */
export function pose(
  { task: name, difficulty, seed, prompt, problem }: Asked,
  tokenizer: CharacterTokenizer,
): Posed & { readonly task: Task } {
  const task = taskByName(name);
  const posed = prompt === null ? taskSource(task, difficulty).problem('held-out', seed, problem) : own(task, prompt);
  try {
    return { task, title: task.title, problem: posed, promptIds: tokenizer.encode(posed.prompt) };
  } catch (cause) {
    if (cause instanceof TokenizerError) throw new PromptError(cause.message);
    throw cause;
  }
}

function own(task: Task, prompt: string): PosedProblem {
  const foreign = [...prompt].find((character) => !task.alphabet.includes(character));
  if (foreign !== undefined)
    throw new PromptError(
      `The character ${JSON.stringify(foreign)} is not in the alphabet of ${task.title}, ${JSON.stringify(task.alphabet)}.`,
    );
  const stated = task.parse(prompt);
  if (stated === null)
    throw new PromptError(
      `${task.title} finds no problem in ${JSON.stringify(prompt)}; a prompt looks like ${JSON.stringify(task.worked.prompt)}.`,
    );
  return {
    prompt,
    verify: (completion) => task.verify(stated, completion),
    roles: (completion) => task.roles(stated, completion),
  };
}
