import { describe, expect, it } from 'vitest';
import { gridPath } from './gridPath.ts';
import { expectOutcomes, roleLetters } from './outcomes.testing.ts';

// S _ #
// _ _ _
// # _ G
const PROMPT = 'S_#/___/#_G>';

describe('grid path', () => {
  it('gives each outcome', () => {
    expectOutcomes(gridPath, PROMPT, [
      ['R21D22R32D33.', 'ok'],
      ['D12R22D23R33.', 'ok'],
      // Lawful, but into the dead end at the start's right hand.
      ['D12R22U21.', 'wrong answer'],
      // From column 2 row 1 the cell below is column 2 row 2.
      ['R21D12R32D33.', 'wrong arithmetic'],
      ['R21R31', 'illegal'],
      ['U', 'illegal'],
      ['R21L11', 'illegal'],
      ['R21D22.', 'illegal'],
      ['R21D22R32D33U32', 'illegal'],
      ['R21D22R32D33', 'unfinished'],
      ['R2', 'unfinished'],
      ['', 'unfinished'],
      ['R21D22R32D33..', 'format'],
      ['R2x', 'format'],
      ['S', 'format'],
      ['12', 'format'],
    ]);
  });

  it('rewards no detour', () => {
    expectOutcomes(gridPath, 'S_G/___>', [
      ['R21R31.', 'ok'],
      ['D12R22R32U31.', 'wrong answer'],
    ]);
  });

  it('forks where several ways are open, and nowhere else', () => {
    expect(roleLetters(gridPath, PROMPT, 'R21D22R32D33.')).toBe('fkkkkkfkkkkk.');
    expect(roleLetters(gridPath, PROMPT, 'R21U')).toBe('fkk?');
  });

  it('reads no prompt that states no problem', () => {
    for (const prompt of ['S#G>', 'S_/G>', 'SG', 'S__>', 'SSG>', 'SGG>', 'S____G>', '>', '', 'SxG>'])
      expect(gridPath.parse(prompt), prompt).toBeNull();
  });
});
