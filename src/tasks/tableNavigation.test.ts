import { describe, expect, it } from 'vitest';
import { randomSource } from './random.ts';
import { testVerifierAgainstRoles } from './roles.testing.ts';
import { tableNavigation } from './tableNavigation.ts';

const prompt = 'A:BC B:DA C:AD D:CB A>D/3.';
const problem = tableNavigation.parse(prompt)!;

describe('table navigation', () => {
  testVerifierAgainstRoles(tableNavigation);

  it('reads a prompt as the table, the question and the budget', () => {
    expect(problem).toEqual({
      table: [
        [1, 2],
        [3, 0],
        [0, 3],
        [2, 1],
      ],
      start: 0,
      goal: 3,
      budget: 3,
    });
  });

  it.each([
    ['1B1D.', 'ok'],
    ['2C2D.', 'ok'],
    ['1B2A1B.', 'wrong answer'],
    // A look-up that the table contradicts, also by a state that it does not have.
    ['1C2D.', 'wrong arithmetic'],
    ['1H', 'wrong arithmetic'],
    // No third action; given up; on after the goal; on after the last action.
    ['3B1D.', 'illegal'],
    ['1B.', 'illegal'],
    ['.', 'illegal'],
    ['1B1D1C.', 'illegal'],
    ['1B2A1B1D.', 'illegal'],
    ['', 'unfinished'],
    ['1', 'unfinished'],
    ['1B1', 'unfinished'],
    ['1B1D', 'unfinished'],
    ['B1D.', 'format'],
    ['11', 'format'],
    ['1.', 'format'],
    ['4B', 'format'],
    ['1b', 'format'],
    ['1B1D. ', 'format'],
  ])('reads %j as %s', (completion, outcome) => {
    expect(tableNavigation.verify(problem, completion)).toEqual({ reward: outcome === 'ok' ? 1 : 0, outcome });
  });

  it('calls actions forks, states knowledge and the stop format', () => {
    expect(tableNavigation.roles(problem, '1B1D.')).toEqual(['fork', 'knowledge', 'fork', 'knowledge', 'format']);
    expect(tableNavigation.roles(problem, '1C1A.')).toEqual(['fork', null, null, null, null]);
  });

  it.each([
    ['too few states', 'A:BA B:AB A>B/3.'],
    ['a row out of order', 'A:BC C:AD B:DA D:CB A>D/3.'],
    ['a state without a row', 'A:BE B:DA C:AD D:CB A>D/3.'],
    ['rows of different lengths', 'A:BC B:D C:AD D:CB A>D/3.'],
    ['one action', 'A:B B:D C:A D:C A>D/3.'],
    ['nowhere to go', 'A:BC B:DA C:AD D:CB A>A/3.'],
    ['no budget', 'A:BC B:DA C:AD D:CB A>D/.'],
    ['a budget of none', 'A:BC B:DA C:AD D:CB A>D/0.'],
    ['a budget too long', 'A:BC B:DA C:AD D:CB A>D/10.'],
    ['no question', 'A:BC B:DA C:AD D:CB'],
  ])('states no problem with %s', (_, text) => {
    expect(tableNavigation.parse(text)).toBeNull();
  });

  it('refuses to solve what has no solution', () => {
    const unreachable = tableNavigation.parse('A:BB B:AA C:AB A>C/5.')!;
    expect(() => tableNavigation.trace(unreachable, true, randomSource(0, 0))).toThrow(RangeError);
  });
});
