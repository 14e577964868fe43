import { describe, expect, it } from 'vitest';
import { parity } from './parity.ts';
import { randomSource } from './random.ts';
import { testVerifierAgainstRoles } from './roles.testing.ts';

const problem = { bits: '1011' };

describe('parity', () => {
  testVerifierAgainstRoles(parity);

  it.each([
    ['=1.', 'ok'],
    [':1101=1.', 'ok'],
    ['=0.', 'wrong answer'],
    [':1100', 'wrong arithmetic'],
    [':0', 'wrong arithmetic'],
    [':1101=0.', 'wrong arithmetic'],
    // A prefix left out, all of them left out, one too many.
    [':110=1.', 'illegal'],
    [':=1.', 'illegal'],
    [':11011=1.', 'illegal'],
    ['', 'unfinished'],
    [':', 'unfinished'],
    [':1101', 'unfinished'],
    [':1101=', 'unfinished'],
    [':1101=1', 'unfinished'],
    ['=', 'unfinished'],
    ['=1', 'unfinished'],
    ['=0', 'unfinished'],
    ['1101=1.', 'format'],
    ['.', 'format'],
    ['=.', 'format'],
    ['=11.', 'format'],
    ['=1..', 'format'],
    [':1101.', 'format'],
    [':1101:=1.', 'format'],
    [':1201=1.', 'format'],
  ])('reads %j as %s', (completion, outcome) => {
    expect(parity.verify(problem, completion)).toEqual({ reward: outcome === 'ok' ? 1 : 0, outcome });
  });

  it('calls the first token and a guess forks, prefix parities and the answer they lead to knowledge', () => {
    expect(parity.roles(problem, '=0.')).toEqual(['fork', 'fork', 'format']);
    expect(parity.roles(problem, ':1101=1.')).toEqual([
      'fork',
      'knowledge',
      'knowledge',
      'knowledge',
      'knowledge',
      'format',
      'knowledge',
      'format',
    ]);
  });

  it('gives the parity of a count of ones', () => {
    for (const bits of ['0', '1', '0110', '10101', '11111111', '1'.repeat(31)]) {
      const ones = bits.split('1').length - 1;
      expect(parity.verify({ bits }, `=${ones % 2}.`).outcome).toBe('ok');
      expect(parity.verify({ bits }, `=${1 - (ones % 2)}.`).outcome).toBe('wrong answer');
    }
  });

  it('guesses right half the time, and answers at length about one time in sixteen', () => {
    const count = 2000;
    const traces = Array.from({ length: count }, (_, seed) => {
      const random = randomSource(seed, 0);
      return parity.trace(parity.generate('sixteen-bits', random), false, random);
    });
    const short = traces.filter(({ completion }) => completion.startsWith('='));
    expect(Math.abs(1 - short.length / count - 1 / 16)).toBeLessThan(0.02);
    expect(Math.abs(short.filter(({ solves }) => solves).length / short.length - 1 / 2)).toBeLessThan(0.05);
    expect(traces.filter(({ completion }) => completion.startsWith(':')).every(({ solves }) => solves)).toBe(true);
  });

  it.each(['', '>', '1011', '1011>>', '10a1>', '1 0>', `${'1'.repeat(33)}>`])('states no problem in %j', (text) => {
    expect(parity.parse(text)).toBeNull();
  });
});
