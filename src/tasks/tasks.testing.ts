// What every task must keep, as properties over its problems: used by each task's own tests.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomSource } from './random.ts';
import type { Outcome, Role, Task } from './task.ts';

const RUNS = 60;

const seeds = fc.nat(2 ** 31 - 1);

/** Strings near the task's notation, and strings that have nothing to do with it. */
function anyCompletion(alphabet: string): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ maxLength: 40 }),
  );
}

/** Characters of the alphabet that may legally follow `prefix`. */
function legalNext<P>(task: Task<P>, problem: P, prefix: string): readonly string[] {
  return [...task.alphabet].filter((char) => task.roles(problem, prefix + char).every((role) => role !== null));
}

/** A verdict of a completion that is legal from the first character to the stop. */
const LEGAL_ENDS: readonly Outcome[] = ['ok', 'wrong answer'];

/** Declares the tests of `task`'s contract for each of its difficulties. */
export function testTaskContract<P>(task: Task<P>): void {
  it('shows a worked example that its verifier accepts', () => {
    const problem = task.parse(task.worked.prompt);
    expect(problem).not.toBeNull();
    expect(task.verify(problem!, task.worked.completion)).toEqual({ reward: 1, outcome: 'ok' });
    expect(task.roles(problem!, task.worked.completion)).not.toContain(null);
  });

  it('has an alphabet of different characters that ends with the stop character', () => {
    expect(new Set(task.alphabet).size).toBe(task.alphabet.length);
    expect(task.alphabet.at(-1)).toBe(task.stop);
  });

  it('refuses a difficulty that it does not have', () => {
    expect(() => task.generate('none such', randomSource(1, 0))).toThrow(RangeError);
  });

  it('states no problem in any text but a prompt', () => {
    fc.assert(
      fc.property(anyCompletion(task.alphabet), (text) => {
        const problem = task.parse(text);
        expect(problem === null ? text : task.promptOf(problem)).toBe(text);
      }),
    );
  });

  describe.each(Object.keys(task.difficulties))('%s', (difficulty) => {
    const problemOf = (seed: number) => task.generate(difficulty, randomSource(seed, 0));
    const property = (check: (problem: P, seed: number) => void) =>
      fc.assert(
        fc.property(seeds, (seed) => {
          check(problemOf(seed), seed);
        }),
        { numRuns: RUNS },
      );

    it('draws the same problem from the same seed, and not always the same one', () => {
      property((problem, seed) => {
        expect(problemOf(seed)).toEqual(problem);
      });
      const prompts = new Set(Array.from({ length: 20 }, (_, seed) => task.promptOf(problemOf(seed))));
      expect(prompts.size).toBeGreaterThan(10);
    });

    it('writes prompts in its alphabet that state the same problem', () => {
      property((problem) => {
        const prompt = task.promptOf(problem);
        expect([...prompt].every((char) => task.alphabet.includes(char))).toBe(true);
        expect(task.parse(prompt)).toEqual(problem);
        // Any change of the prompt's end makes it no prompt: the end asks for the answer.
        expect(task.parse(prompt.slice(0, -1))).toBeNull();
        expect(task.parse(`${prompt} `)).toBeNull();
      });
    });

    it('solves every problem that it draws', () => {
      property((problem, seed) => {
        const { completion, roles, solves } = task.trace(problem, true, randomSource(seed, 1));
        expect(solves).toBe(true);
        expect(task.verify(problem, completion)).toEqual({ reward: 1, outcome: 'ok' });
        expect(roles).toEqual(task.roles(problem, completion));
        expect(roles).toHaveLength(completion.length);
        expect(completion.length).toBeLessThanOrEqual(task.maxCompletion);
        expect(completion.endsWith(task.stop)).toBe(true);
      });
    });

    it('draws legal traces, of which some miss the goal', () => {
      let missed = 0;
      property((problem, seed) => {
        const { completion, roles, solves } = task.trace(problem, false, randomSource(seed, 2));
        expect(task.verify(problem, completion).outcome).toBe(solves ? 'ok' : 'wrong answer');
        expect(roles).toEqual(task.roles(problem, completion));
        expect(completion.length).toBeLessThanOrEqual(task.maxCompletion);
        if (!solves) missed++;
      });
      expect(missed).toBeGreaterThan(0);
    });

    it('names a fork where several characters are legal, and knowledge or format where one is', () => {
      property((problem, seed) => {
        const { completion, roles } = task.trace(problem, seed % 2 === 0, randomSource(seed, 3));
        for (const [at, role] of roles.entries()) {
          const legal = legalNext(task, problem, completion.slice(0, at));
          expect(legal).toContain(completion[at]);
          expect(legal.length > 1, `${completion.slice(0, at)}|${legal.join('')}`).toBe(role === 'fork');
        }
        expect(legalNext(task, problem, completion)).toEqual([]);
      });
    });

    it('calls what is legal but cut off unfinished', () => {
      property((problem, seed) => {
        const { completion } = task.trace(problem, false, randomSource(seed, 4));
        for (let end = 0; end < completion.length; end++)
          expect(task.verify(problem, completion.slice(0, end))).toEqual({ reward: 0, outcome: 'unfinished' });
      });
    });

    it('gives any string a verdict, and roles that agree with it', () => {
      const check = (problem: P, completion: string) => {
        const { reward, outcome } = task.verify(problem, completion);
        expect(reward).toBe(outcome === 'ok' ? 1 : 0);
        const roles = task.roles(problem, completion);
        expect(roles).toHaveLength(completion.length);
        const firstNull = roles.indexOf(null);
        const legal: readonly (Role | null)[] = firstNull < 0 ? roles : roles.slice(0, firstNull);
        expect(legal).not.toContain(null);
        expect(roles.slice(legal.length).every((role) => role === null)).toBe(true);
        const finished = legal.length === completion.length && completion.endsWith(task.stop);
        expect(LEGAL_ENDS.includes(outcome), `${completion} ${outcome}`).toBe(finished);
      };
      fc.assert(
        fc.property(seeds, anyCompletion(task.alphabet), (seed, text) => check(problemOf(seed), text)),
        { numRuns: 4 * RUNS },
      );
      // A change of one character of a legal trace comes closer to the verifier's edges than random text does.
      const changed = fc.tuple(fc.nat(), fc.constantFrom('', ...task.alphabet), fc.constantFrom(0, 1));
      fc.assert(
        fc.property(seeds, changed, (seed, [place, char, drop]) => {
          const problem = problemOf(seed);
          const { completion } = task.trace(problem, seed % 2 === 0, randomSource(seed, 5));
          const at = place % (completion.length + 1);
          check(problem, completion.slice(0, at) + char + completion.slice(at + drop));
        }),
        { numRuns: 4 * RUNS },
      );
    });
  });
}
