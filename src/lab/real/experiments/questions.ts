// The questions of an experiment on a language model: problems of a set, or held-out problems of a task.

import type { ModelExperimentInput } from '../../../experiments/model/definition.ts';
import type { Problem } from '../../../llm/problems/problem.ts';
import { taskByName } from '../../../tasks/index.ts';
import { taskSource } from '../../../tasks/source.ts';
import { plainPromptOf } from '../prompt.ts';

export type Questions = ModelExperimentInput['questions'];

export interface AskedHow {
  /** May be empty. */
  readonly system: string;
  /** Through the model's chat template; false: as a plain text that the model goes on with. */
  readonly asChat: boolean;
}

/** Problems whose answers are compared as mathematics. */
export function questionsOf(problems: readonly Problem[], { system, asChat }: AskedHow): Questions {
  const instruction = system.trim();
  return problems.map(({ id, domain, prompt, answer }) => ({
    id,
    domain: domain.trim() === '' ? 'other' : domain,
    words: prompt,
    prompt: asChat
      ? { ...(instruction !== '' && { system: instruction }), user: prompt }
      : { text: plainPromptOf(prompt, instruction) },
    stopText: null,
    check: { kind: 'math', answer },
  }));
}

export interface HeldOut {
  readonly task: string;
  readonly difficulty: string;
  /** Poses the problems. */
  readonly seed: number;
  /** The first so many. */
  readonly count: number;
}

/** Held-out problems of a task, for a policy that was trained on it. @throws RangeError when there is no such task */
export function taskQuestionsOf({ task: name, difficulty, seed, count }: HeldOut): Questions {
  const task = taskByName(name);
  const source = taskSource(task, difficulty);
  return Array.from({ length: count }, (_, index) => {
    const { prompt } = source.problem('held-out', seed, index);
    return {
      id: `${name}/${index}`,
      domain: `${task.title}, ${difficulty}`,
      words: prompt,
      prompt: { text: prompt },
      stopText: task.stop,
      check: { kind: 'task', task: name, difficulty, seed, index },
    };
  });
}
