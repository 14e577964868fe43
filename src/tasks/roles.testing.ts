// Where verifier and roles are written apart, each is the other's test: what the verifier lets pass to the end is what
// the steps call legal. (What holds for every task is in index.test.ts.)

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomSource } from './random.ts';
import type { Outcome, Task } from './task.ts';

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

/** Declares the tests of `task`'s verifier against its roles, for each of its difficulties. */
export function testVerifierAgainstRoles<P>(task: Task<P>): void {
  describe.each(Object.keys(task.difficulties))('%s', (difficulty) => {
    const problemOf = (seed: number) => task.generate(difficulty, randomSource(seed, 0));

    it('states no problem in a prompt that is cut off or goes on', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const prompt = task.promptOf(problemOf(seed));
          for (let end = 0; end < prompt.length; end++) expect(task.parse(prompt.slice(0, end))).toBeNull();
          for (const char of task.alphabet) expect(task.parse(prompt + char)).toBeNull();
        }),
        { numRuns: RUNS },
      );
    });

    it('draws traces that solve and traces that do not', () => {
      const solved = Array.from(
        { length: 60 },
        (_, seed) => task.trace(problemOf(seed), false, randomSource(seed, 1)).solves,
      );
      expect(new Set(solved)).toEqual(new Set([true, false]));
    });

    it('names a fork where and only where several characters are legal, and none is after the stop', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const problem = problemOf(seed);
          const { completion, roles } = task.trace(problem, seed % 2 === 0, randomSource(seed, 1));
          for (const [at, role] of roles.entries()) {
            const legal = legalNext(task, problem, completion.slice(0, at));
            expect(legal).toContain(completion[at]);
            expect(legal.length > 1, `${completion.slice(0, at)}|${legal.join('')}`).toBe(role === 'fork');
          }
          expect(legalNext(task, problem, completion)).toEqual([]);
        }),
        { numRuns: RUNS },
      );
    });

    it('calls right or wrong in the answer alone just what has a role from the first character to the stop', () => {
      const check = (problem: P, completion: string) => {
        const { outcome } = task.verify(problem, completion);
        const isLegal = !task.roles(problem, completion).includes(null) && completion.endsWith(task.stop);
        expect(LEGAL_ENDS.includes(outcome), `${completion} ${outcome}`).toBe(isLegal);
      };
      fc.assert(
        fc.property(seeds, anyCompletion(task.alphabet), (seed, text) => check(problemOf(seed), text)),
        { numRuns: RUNS },
      );
      // A change of one character of a legal trace comes closer to the verifier's edges than random text does.
      const change = fc.tuple(fc.nat(), fc.constantFrom('', ...task.alphabet), fc.constantFrom(0, 1));
      fc.assert(
        fc.property(seeds, change, (seed, [place, char, dropped]) => {
          const problem = problemOf(seed);
          const { completion } = task.trace(problem, seed % 2 === 0, randomSource(seed, 1));
          const at = place % (completion.length + 1);
          check(problem, completion.slice(0, at) + char + completion.slice(at + dropped));
        }),
        { numRuns: 5 * RUNS },
      );
    });
  });
}
