// What an experiment on a language model asks, and by which rules: everything that is offered is accepted.

import { describe, expect, it } from 'vitest';
import { parseModelExperiment } from '../../../experiments/model/definition.ts';
import type { Problem } from '../../../llm/problems/problem.ts';
import { WRITTEN_PROBLEMS } from '../../../llm/problems/writtenProblems.ts';
import { taskByName } from '../../../tasks/index.ts';
import { taskSource } from '../../../tasks/source.ts';
import { createSettingsStore } from '../../settings/store.ts';
import { samplerOf } from '../../step/drawing.ts';
import { plainPromptOf } from '../prompt.ts';
import { armsOf, NAMED_ARMS } from './arms.ts';
import { identityOf, otherModel } from './identity.ts';
import { questionsOf, taskQuestionsOf } from './questions.ts';

const MODEL = { name: 'a model', dtype: 'q4', weightsBytes: 5_000_000 };
const accepted = (questions: ReturnType<typeof questionsOf>) =>
  parseModelExperiment({
    name: 'x',
    model: MODEL,
    questions,
    arms: NAMED_ARMS.map(({ name, sampler }) => ({ name, sampler })),
    rollouts: 2,
    maxNewTokens: 4,
  });
const problem: Problem = {
  id: 'one',
  domain: ' ',
  level: null,
  prompt: 'How many days has a week?',
  answer: '7',
  source: 'a test',
};

describe('questions', () => {
  it('ask problems through the chat template, or as a text that ends where the solution begins', () => {
    const asked = { id: 'one', domain: 'other', words: problem.prompt, check: { kind: 'math', answer: '7' } };
    expect(questionsOf([problem], { system: ' Be brief. ', asChat: true })).toEqual([
      { ...asked, prompt: { system: 'Be brief.', user: problem.prompt }, stopText: null },
    ]);
    expect(questionsOf([problem], { system: ' ', asChat: true })[0]!.prompt).toEqual({ user: problem.prompt });
    expect(questionsOf([problem], { system: 'Be brief.', asChat: false })[0]!.prompt).toEqual({
      text: 'Be brief.\n\nProblem: How many days has a week?\n\nSolution:',
    });
    expect(plainPromptOf(' What? ', '')).toBe('Problem: What?\n\nSolution:');
    const { questions } = accepted(questionsOf(WRITTEN_PROBLEMS, { system: '', asChat: false }));
    expect(questions.map(({ id }) => id)).toEqual(WRITTEN_PROBLEMS.map(({ id }) => id));
  });

  it('ask a policy the held-out problems of its task', () => {
    const questions = taskQuestionsOf({ task: 'countdown', difficulty: 'three-numbers', seed: 5, count: 3 });
    const task = taskByName('countdown');
    const { problem: pose } = taskSource(task, 'three-numbers');
    for (const [index, question] of accepted(questions).questions.entries())
      expect(question).toMatchObject({
        id: `countdown/${index}`,
        domain: 'Countdown, three-numbers',
        prompt: { text: pose('held-out', 5, index).prompt },
        stopText: task.stop,
        check: { kind: 'task', task: 'countdown', index },
      });
    expect(() => taskQuestionsOf({ task: 'countdown', difficulty: 'none', seed: 0, count: 1 })).toThrow(
      /^Countdown has no difficulty "none"/,
    );
  });
});

describe('rules', () => {
  it('that have names differ from each other, the plain one first', () => {
    expect(NAMED_ARMS[0]!.sampler.temperature).toEqual({ rule: 'fixed', tau: 1 });
    expect(new Set(NAMED_ARMS.map(({ name }) => name)).size).toBe(NAMED_ARMS.length);
    expect(new Set(NAMED_ARMS.map(({ sampler }) => JSON.stringify(sampler))).size).toBe(NAMED_ARMS.length);
    for (const { about } of NAMED_ARMS) expect(about).toMatch(/^[A-Z].*\.$/);
  });

  it('include the controls, where these are none of the named ones', () => {
    const settings = createSettingsStore();
    expect(armsOf(settings.getState().settings)).toEqual(NAMED_ARMS);
    settings.edit('sampler.temperature.high', 1.7);
    const now = settings.getState().settings;
    expect(armsOf(now)).toEqual([...NAMED_ARMS, expect.objectContaining({ sampler: samplerOf(now) })]);
  });
});

describe('a model', () => {
  const loaded = {
    name: 'a model',
    dtype: 'q4',
    description: { dtypes: [{ dtype: 'q4', bytes: 5_000_000, files: [] }] },
  } as unknown as Parameters<typeof identityOf>[0]['model'];

  it('is known by name, dtype and size, and a policy by its weights too', () => {
    expect(identityOf({ model: loaded, fingerprint: null })).toEqual(MODEL);
    expect(identityOf({ model: loaded, fingerprint: '0a' }).name).toBe('a model 0a');
    expect(otherModel(MODEL, { ...MODEL })).toBeNull();
  });

  it('that is another is refused in one sentence', () => {
    expect(otherModel(MODEL, null)).toBe(
      'This experiment is of a model in q4 (5 MB), and no model is loaded: load that one first.',
    );
    for (const other of [{ name: 'b' }, { dtype: 'fp16' }, { weightsBytes: 4_000_000 }])
      expect(otherModel(MODEL, { ...MODEL, ...other })).toMatch(
        /^This experiment is of a model in q4 \(5 MB\), and .* is loaded: load the one that it is of\.$/,
      );
  });
});
