// What holds for every task, whatever it asks.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskByName, tasks } from './index.ts';
import { randomSource } from './random.ts';
import type { Task } from './task.ts';

const RUNS = { numRuns: 60 };
const DEFAULT_SEQUENCE_CHARACTERS = 64;

const seed = fc.integer({ min: 0, max: 2 ** 31 });

function problemOf(task: Task, difficulty: string, number: number): unknown {
  return task.generate(difficulty, randomSource(number, 0));
}

function difficulties(task: Task) {
  return fc.constantFrom(...Object.keys(task.difficulties));
}

/** The characters that may legally come after `prefix`. */
function legalNext(task: Task, problem: unknown, prefix: string): string[] {
  return [...task.alphabet].filter((character) => task.roles(problem, prefix + character).at(-1) !== null);
}

describe('taskByName', () => {
  it('finds every task by its name, and no name is used twice', () => {
    for (const task of tasks) expect(taskByName(task.name)).toBe(task);
    expect(new Set(tasks.map((task) => task.name)).size).toBe(tasks.length);
  });

  it('lists the names where there is no such task', () => {
    expect(() => taskByName('sudoku')).toThrow(
      `There is no task "sudoku"; the tasks are ${tasks.map((task) => task.name).join(', ')}.`,
    );
  });
});

describe.each(tasks)('task $name', (task) => {
  it('has a name fit for a folder and an alphabet of single different characters with the stop last', () => {
    expect(task.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect([...task.alphabet]).toEqual([...new Set(task.alphabet.split(''))]);
    expect(task.alphabet.at(-1)).toBe(task.stop);
  });

  it('accepts its worked example, and every character of it has a role', () => {
    const problem = task.parse(task.worked.prompt);
    expect(problem).not.toBeNull();
    expect(task.promptOf(problem)).toBe(task.worked.prompt);
    expect(task.verify(problem, task.worked.completion)).toEqual({ reward: 1, outcome: 'ok' });
    expect(task.roles(problem, task.worked.completion)).not.toContain(null);
  });

  it('generates the same problem from the same seed, one that its prompt states in full', () => {
    fc.assert(
      fc.property(seed, difficulties(task), (number, difficulty) => {
        const problem = problemOf(task, difficulty, number);
        expect(problemOf(task, difficulty, number)).toEqual(problem);
        const prompt = task.promptOf(problem);
        expect(task.parse(prompt)).toEqual(problem);
        for (const character of prompt) expect(task.alphabet).toContain(character);
      }),
      RUNS,
    );
  });

  it('generates different problems from different seeds', () => {
    const prompts = Array.from({ length: 50 }, (_, number) =>
      task.promptOf(problemOf(task, Object.keys(task.difficulties)[0]!, number)),
    );
    expect(new Set(prompts).size).toBeGreaterThan(10);
  });

  it('refuses a difficulty it does not have', () => {
    expect(() => problemOf(task, 'impossible', 1)).toThrow(RangeError);
  });

  it('solves every problem it generates', () => {
    fc.assert(
      fc.property(seed, difficulties(task), (number, difficulty) => {
        const problem = problemOf(task, difficulty, number);
        const trace = task.trace(problem, true, randomSource(number, 1));
        expect(trace.solves).toBe(true);
        expect(task.verify(problem, trace.completion)).toEqual({ reward: 1, outcome: 'ok' });
        expect(task.roles(problem, trace.completion)).toEqual(trace.roles);
        expect(trace.completion.length).toBeLessThanOrEqual(task.maxCompletion);
      }),
      RUNS,
    );
  });

  it('writes random traces that are legal to the end, and says truly whether they solve', () => {
    fc.assert(
      fc.property(seed, difficulties(task), (number, difficulty) => {
        const problem = problemOf(task, difficulty, number);
        const trace = task.trace(problem, false, randomSource(number, 1));
        expect(trace).toEqual(task.trace(problem, false, randomSource(number, 1)));
        expect(task.verify(problem, trace.completion).outcome).toBe(trace.solves ? 'ok' : 'wrong answer');
        expect(trace.roles).not.toContain(null);
        expect(task.roles(problem, trace.completion)).toEqual(trace.roles);
        expect(trace.completion.length).toBeLessThanOrEqual(task.maxCompletion);
        expect(trace.completion.indexOf(task.stop)).toBe(trace.completion.length - 1);
        for (const character of trace.completion) expect(task.alphabet).toContain(character);
      }),
      RUNS,
    );
  });

  it('keeps sequences of the default difficulty short', () => {
    for (let number = 0; number < 200; number++) {
      const problem = problemOf(task, Object.keys(task.difficulties)[0]!, number);
      const { completion } = task.trace(problem, number % 2 === 0, randomSource(number, 1));
      expect(task.promptOf(problem).length + completion.length).toBeLessThanOrEqual(DEFAULT_SEQUENCE_CHARACTERS);
    }
  });

  it('has several legal continuations at a fork and exactly one elsewhere, found by trying every character', () => {
    fc.assert(
      fc.property(seed, difficulties(task), fc.boolean(), (number, difficulty, solve) => {
        const problem = problemOf(task, difficulty, number);
        const { completion, roles } = task.trace(problem, solve, randomSource(number, 1));
        for (const [i, role] of roles.entries()) {
          const next = legalNext(task, problem, completion.slice(0, i));
          expect(next).toContain(completion[i]);
          expect(next.length > 1, `${completion.slice(0, i)}|${next.join('')}`).toBe(role === 'fork');
        }
        expect(legalNext(task, problem, completion)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('calls every legal beginning unfinished, and gives a character too many no reward', () => {
    fc.assert(
      fc.property(seed, difficulties(task), fc.boolean(), (number, difficulty, solve) => {
        const problem = problemOf(task, difficulty, number);
        const { completion } = task.trace(problem, solve, randomSource(number, 1));
        for (let length = 0; length < completion.length; length++)
          expect(task.verify(problem, completion.slice(0, length))).toEqual({ reward: 0, outcome: 'unfinished' });
        expect(task.verify(problem, completion + completion[0]).reward).toBe(0);
      }),
      RUNS,
    );
  });

  it('gives any string whatever a verdict, and roles that agree with it', () => {
    const check = (problem: unknown, text: string) => {
      const { reward, outcome } = task.verify(problem, text);
      expect(['ok', 'wrong answer', 'wrong arithmetic', 'illegal', 'unfinished', 'format']).toContain(outcome);
      expect(reward).toBe(outcome === 'ok' ? 1 : 0);
      const roles = task.roles(problem, text);
      expect(roles).toHaveLength(text.length);
      const fault = roles.indexOf(null);
      if (fault !== -1) expect(roles.slice(fault).every((role) => role === null)).toBe(true);
      const legalToTheStop = fault === -1 && text.endsWith(task.stop);
      expect(outcome === 'ok' || outcome === 'wrong answer', `${text} ${outcome}`).toBe(legalToTheStop);
    };
    const beyond = fc.string({ unit: 'binary', maxLength: 40 });
    const within = fc.string({ unit: fc.constantFrom(...task.alphabet), maxLength: 40 });
    // One character of a legal trace put in, left out or replaced comes nearer to the verifier's edges than noise does.
    const change = fc.record({
      place: fc.nat(),
      added: fc.constantFrom('', ...task.alphabet),
      removed: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(seed, difficulties(task), fc.oneof(beyond, within), change, (number, difficulty, noise, changed) => {
        const problem = problemOf(task, difficulty, number);
        const { completion } = task.trace(problem, number % 2 === 0, randomSource(number, 1));
        const at = changed.place % (completion.length + 1);
        const rest = completion.slice(at + changed.removed);
        check(problem, noise);
        check(problem, completion.slice(0, at) + noise);
        check(problem, completion.slice(0, at) + changed.added + rest);
      }),
      { numRuns: 200 },
    );
  });

  it('reads no text as a prompt but one that it would write', () => {
    const text = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: fc.constantFrom(...task.alphabet) }));
    fc.assert(
      fc.property(seed, difficulties(task), text, (number, difficulty, noise) => {
        const problem = task.parse(noise);
        if (problem !== null) expect(task.promptOf(problem)).toBe(noise);
        // The end of a prompt asks for the answer: without it, or with more after it, it is none.
        const prompt = task.promptOf(problemOf(task, difficulty, number));
        expect(task.parse(prompt.slice(0, -1))).toBeNull();
        expect(task.parse(`${prompt} `)).toBeNull();
      }),
      RUNS,
    );
  });
});
