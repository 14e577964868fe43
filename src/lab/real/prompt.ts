// What a language model is asked, and who judges what it answers.

import type { PromptText } from '../../llm/session.ts';
import { taskByName } from '../../tasks/index.ts';
import { type PosedProblem, taskSource } from '../../tasks/source.ts';
import type { Task } from '../../tasks/task.ts';

/** A problem whose answer is compared as mathematics. */
export interface MathProblem {
  readonly id: string;
  readonly domain: string;
  readonly prompt: string;
  readonly answer: string;
}

export interface PromptDraft {
  /** 'chat': through the model's template. 'text': as it stands. 'task': a held-out problem of the policy's task. */
  readonly kind: 'chat' | 'text' | 'task';
  readonly system: string;
  readonly user: string;
  readonly text: string;
  /** Which held-out problem. */
  readonly problem: number;
  /** Where `user` comes from, while it is still that problem's text; null: the reader's own. */
  readonly posed: MathProblem | null;
}

export const FIRST_DRAFT: PromptDraft = {
  kind: 'chat',
  system: 'Reason step by step, and put your final answer within \\boxed{}.',
  user: 'A shop sells pens at 3 for 2 euros. How many euros do 18 pens cost?',
  text: 'The capital of France is',
  problem: 0,
  posed: null,
};

/** What a group was asked. */
export interface Asked {
  readonly title: string;
  /** As it is written in records. */
  readonly words: string;
  readonly prompt: PromptText;
  /** Ends a rollout of a task; null elsewhere. */
  readonly stopText: string | null;
  readonly task: { readonly task: Task; readonly problem: PosedProblem } | null;
  readonly math: MathProblem | null;
}

/**
 * A problem for a model without a chat template, which goes on with a text: what it writes next is the solution.
 * @param system what a chat's system prompt would say; may be empty
 */
export function plainPromptOf(words: string, system: string): string {
  const instruction = system.trim();
  return `${instruction === '' ? '' : `${instruction}\n\n`}Problem: ${words.trim()}\n\nSolution:`;
}

/** What a draft asks. @param settings whose task, difficulty (null: the task's easiest) and seed pose its problems */
export function askedOf(
  { kind, system, user, text, problem, posed }: PromptDraft,
  settings: { readonly task: string; readonly difficulty: string | null; readonly seed: number },
): Asked {
  switch (kind) {
    case 'task': {
      const task = taskByName(settings.task);
      const stated = taskSource(task, settings.difficulty ?? Object.keys(task.difficulties)[0]!).problem(
        'held-out',
        settings.seed,
        problem,
      );
      return {
        title: `${task.title}, held-out problem ${problem + 1}`,
        words: stated.prompt,
        prompt: { text: stated.prompt },
        stopText: task.stop,
        task: { task, problem: stated },
        math: null,
      };
    }
    case 'chat':
      return {
        title: posed === null ? 'Own question' : posed.id,
        words: user,
        prompt: system.trim() === '' ? { user } : { system, user },
        stopText: null,
        task: null,
        math: posed,
      };
    case 'text':
      return { title: 'Own text', words: text, prompt: { text }, stopText: null, task: null, math: null };
  }
}
