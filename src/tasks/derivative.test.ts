import { describe, expect, it } from 'vitest';
import { derivative } from './derivative.ts';
import { expectOutcomes, roleLetters } from './outcomes.testing.ts';

const PROMPT = '3x^4+2x^2+5x+7>';

describe('derivative', () => {
  it('gives each outcome', () => {
    expectOutcomes(derivative, PROMPT, [
      ['12x^3+4x+5.', 'ok'],
      ['5+12x^3+4x.', 'ok'],
      ['12x^3+4x.', 'wrong answer'],
      ['5.', 'wrong answer'],
      ['12x^2', 'wrong arithmetic'],
      ['12x^3-4x', 'wrong arithmetic'],
      ['12.', 'wrong arithmetic'],
      ['7', 'wrong arithmetic'],
      // A term twice, a term too many.
      ['4x+4', 'illegal'],
      ['12x^3+4x+5+', 'illegal'],
      ['12x^3+4x+5', 'unfinished'],
      ['1', 'unfinished'],
      ['', 'unfinished'],
      ['.', 'format'],
      ['+5', 'format'],
      ['12x^x', 'format'],
      ['5+.', 'format'],
      ['12x^3+4x+5.5', 'format'],
      ['5>', 'format'],
    ]);
  });

  it('keeps signs', () => {
    expectOutcomes(derivative, '-x^3+2x-9>', [
      ['-3x^2+2.', 'ok'],
      ['2-3x^2.', 'ok'],
      ['3x^2', 'wrong arithmetic'],
    ]);
    expectOutcomes(derivative, 'x^2>', [['2x.', 'ok']]);
    expectOutcomes(derivative, 'x>', [['1.', 'ok']]);
  });

  it('forks at the choice of a term and at going on, and nowhere else', () => {
    expect(roleLetters(derivative, PROMPT, '4x+12x^3+5.')).toBe('fkffkkkkfk.');
    // 15x^2 and 12x^3 part at their second digit.
    expect(roleLetters(derivative, '3x^4+5x^3>', '12x^3+15x^2.')).toBe('kfkkkfkkkkk.');
  });

  it('reads no prompt that states no problem', () => {
    for (const prompt of ['7>', 'x^2+x^3>', 'x+x>', '0x>', '1x>', 'x^1>', 'x^7>', '12x>', '+x>', '>', 'x', ''])
      expect(derivative.parse(prompt), prompt).toBeNull();
  });
});
