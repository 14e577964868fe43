import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterRoles } from './characterRoles.ts';
import { tasks } from './index.ts';
import { randomSource } from './random.ts';

describe.each(tasks)('characterRoles of $name', (task) => {
  it('tells the role of the place that holds the first illegal character, and none after it', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), fc.boolean(), (seed, place, other, solve) => {
        const problem = task.generate(task.recipe.difficulty, randomSource(seed, 0));
        const posed = { roles: (completion: string) => task.roles(problem, completion) };
        const { completion, roles } = task.trace(problem, solve, randomSource(seed, 1));
        expect(characterRoles(posed, task.alphabet, completion)).toEqual({ roles, legal: completion.length });

        const at = place % completion.length;
        const before = completion.slice(0, at);
        const illegal = [...task.alphabet, '\uFFFD'].filter(
          (character) => posed.roles(before + character)[at] === null,
        );
        const changed = before + illegal[other % illegal.length]! + completion.slice(at + 1);
        const found = characterRoles(posed, task.alphabet, changed);
        expect(found.legal).toBe(at);
        expect(found.roles).toHaveLength(changed.length);
        expect(found.roles.slice(0, at + 1)).toEqual(roles.slice(0, at + 1));
        expect(found.roles.slice(at + 1).every((role) => role === null)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describe('characterRoles', () => {
  it('knows nothing where the problem does not', () => {
    const silent = { roles: (completion: string) => Array.from(completion, () => null) };
    expect(characterRoles(silent, '01.', '01.')).toEqual({ roles: [null, null, null], legal: 0 });
    expect(characterRoles(silent, '01.', '')).toEqual({ roles: [], legal: 0 });
  });
});
