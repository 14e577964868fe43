import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addition } from './addition.ts';
import { expectOutcomes, roleLetters } from './outcomes.testing.ts';
import { randomSource } from './random.ts';

describe('addition', () => {
  it('gives each outcome but a wrong answer, which true steps cannot lead to', () => {
    expectOutcomes(addition, '47+85>', [
      ['7+5+0=12;4+8+1=13;132.', 'ok'],
      ['7+5+0=12;4+8+1=13;122.', 'wrong arithmetic'],
      ['7+5+0=12;4+8+1=13;13.', 'wrong arithmetic'],
      ['7+5+0=12;4+8+1=13;1320.', 'wrong arithmetic'],
      ['7+5+0=13', 'wrong arithmetic'],
      ['7+5+0=12;4+8+0', 'wrong arithmetic'],
      // The left column first.
      ['4+8', 'illegal'],
      ['7+5+0=12;4+8+1=13;132', 'unfinished'],
      ['', 'unfinished'],
      ['7-5', 'format'],
      ['7+5+0=12;4+8+1=13;.', 'format'],
      ['7+5+0=12;4+8+1=13;132..', 'format'],
    ]);
  });

  it('has nothing to decide', () => {
    expect(roleLetters(addition, '47+85>', '7+5+0=12;4+8+1=13;132.')).toBe('k.k.k.kk.k.k.k.kk.kkk.');
  });

  it('writes the sum that machine arithmetic gives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 9999 }), fc.integer({ min: 1000, max: 9999 }), (first, second) => {
        const problem = addition.parse(`${first}+${second}>`)!;
        const { completion } = addition.trace(problem, true, randomSource(1, 0));
        expect(completion.split(';').at(-1)).toBe(`${first + second}.`);
      }),
    );
  });

  it('reads no prompt that states no problem', () => {
    for (const prompt of ['47+8>', '047+185>', '47+85', '1234567+1234567>', '+>', '-4+12>', ''])
      expect(addition.parse(prompt), prompt).toBeNull();
  });
});
