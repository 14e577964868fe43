import { describe, expect, it } from 'vitest';
import { countdown } from './countdown.ts';
import { randomSource } from './random.ts';
import { testVerifierAgainstRoles } from './roles.testing.ts';

describe('countdown', () => {
  testVerifierAgainstRoles(countdown);

  const problem = { numbers: [3, 5, 7], target: 22 };

  it.each([
    ['3*5=15;15+7=22.', 'ok'],
    ['7+15=22.', 'illegal'],
    ['5*3=15;7+15=22.', 'ok'],
    ['3*5=15;15-7=8.', 'wrong answer'],
    ['3*5=16;16+7=23.', 'wrong arithmetic'],
    // A difference below 0 or a fraction has no true result to write.
    ['3-5=2;2+7=9.', 'wrong arithmetic'],
    ['5/3=1;1+7=8.', 'wrong arithmetic'],
    ['3/0=0;0+7=7.', 'wrong arithmetic'],
    ['99999999999999999999+1=99999999999999999999;', 'wrong arithmetic'],
    ['99999999999999999999+1=100000000000000000000;', 'illegal'],
    // True, but 4 is not given; 3 is there once; 3 is used up; a number is left over; nothing is left to join.
    ['3+4=7;7+7=14.', 'illegal'],
    ['3+3=6;6+7=13.', 'illegal'],
    ['3*5=15;3+7=10.', 'illegal'],
    ['3*5=15.', 'illegal'],
    ['3*5=15;15+7=22;22+3=25.', 'illegal'],
    ['', 'unfinished'],
    ['3*5=1', 'unfinished'],
    ['3*5=15;15+7=22', 'unfinished'],
    ['3*5=15;15+7=22;', 'unfinished'],
    ['.', 'format'],
    ['03*5=15;15+7=22.', 'format'],
    ['3*5=15;15+7=22. ', 'format'],
    ['3*5 =15;15+7=22.', 'format'],
    ['3*-5=15.', 'format'],
    ['3×5=15;15+7=22.', 'format'],
  ])('reads %j as %s', (completion, outcome) => {
    expect(countdown.verify(problem, completion)).toEqual({ reward: outcome === 'ok' ? 1 : 0, outcome });
  });

  it('calls operands and operators forks, results knowledge and punctuation format', () => {
    expect(countdown.roles(problem, '3*5=15;15+7=22.')).toEqual(
      // After 15 the digit 5 is forced; the last operand is the only number left.
      [...'FFF=kk;FkFk=kk.'].map((mark) => (mark === 'F' ? 'fork' : mark === 'k' ? 'knowledge' : 'format')),
    );
  });

  it('states no problem of two or five numbers, nor of numbers with leading zeros', () => {
    for (const prompt of ['3 5>8.', '1 2 3 4 5>15.', '03 5 7>22.', '3 5 7>022.', '3 5 7 >22.', '3 5 7>.', '3 5 7>22'])
      expect(countdown.parse(prompt)).toBeNull();
  });

  it('refuses to solve what has no solution', () => {
    expect(() => countdown.trace({ numbers: [1, 1, 1], target: 50 }, true, randomSource(0, 0))).toThrow(RangeError);
  });
});
