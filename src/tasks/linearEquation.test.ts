import { describe, expect, it } from 'vitest';
import { linearEquation } from './linearEquation.ts';
import { expectOutcomes, roleLetters } from './outcomes.testing.ts';

const PROMPT = '3x+5=x+9>';

describe('linear equation', () => {
  it('gives each outcome', () => {
    expectOutcomes(linearEquation, PROMPT, [
      ['-5:3x=x+4;-x:2x=4;/2:x=2.', 'ok'],
      ['-3x:5=-2x+9;-9:-4=-2x;/-2:2=x.', 'ok'],
      // Three true lines, and x is still not alone.
      ['-5:3x=x+4;-4:3x-4=x;-x:2x-4=0.', 'wrong answer'],
      ['-5:3x=x+5', 'wrong arithmetic'],
      ['-5:3x=x;', 'wrong arithmetic'],
      ['-5:3x=x+44', 'wrong arithmetic'],
      ['-5:3x=x+4;-x:2x=4;/2:x=3.', 'wrong arithmetic'],
      // No such term, no division yet, stopping with a line to go, a line too many.
      ['-7', 'illegal'],
      ['/3', 'illegal'],
      ['-5:3x=x+4.', 'illegal'],
      ['-5:3x=x+4;-x:2x=4;/2:x=2;', 'illegal'],
      ['-5:3x=x+4;-x:2x=4;/2:x=2', 'unfinished'],
      ['-5', 'unfinished'],
      ['', 'unfinished'],
      ['-5:3x=x+4;-x:2x=4;/2:x=2.x', 'format'],
      ['5', 'format'],
      ['-5=', 'format'],
      ['-5:>', 'format'],
      ['-5:3x=x+4:', 'format'],
      ['-é', 'format'],
    ]);
  });

  it('needs no third line where x is alone after two', () => {
    expectOutcomes(linearEquation, '3x+5=2x+9>', [
      ['-5:3x=2x+4;-2x:x=4.', 'ok'],
      ['-5:3x=2x+4;-2x:x=4;', 'illegal'],
    ]);
  });

  it('writes zero where a side has no term, and divides it', () => {
    expectOutcomes(linearEquation, '3x+5=-x+5>', [['-5:3x=-x;+x:4x=0;/4:x=0.', 'ok']]);
    expectOutcomes(linearEquation, '2x=6>', [
      ['/2:x=3.', 'ok'],
      ['-6:2x-6=0;-2x:-6=-2x;/-2:3=x.', 'ok'],
    ]);
  });

  it('forks where terms differ, and nowhere else', () => {
    // While every term is positive the minus is forced and what follows it decides; 2x=4 may also be divided.
    expect(roleLetters(linearEquation, PROMPT, '-5:3x=x+4;-x:2x=4;/2:x=2.')).toBe('kf.kkkkkk.kf.kkkk.fk.kkk.');
    expect(roleLetters(linearEquation, '3x+3=x+5>', '-3:')).toBe('kff');
  });

  it('reads no prompt that states no problem', () => {
    for (const prompt of [
      'x=2>',
      '2=x>',
      '3x+5=3x+9>',
      '2x=3>',
      '+2x=4>',
      '1x+1=3>',
      '12x=24>',
      '=>',
      '2x=4',
      '2x=2=2>',
      '',
    ])
      expect(linearEquation.parse(prompt), prompt).toBeNull();
  });
});
