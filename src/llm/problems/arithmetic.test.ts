import { describe } from 'vitest';
import { ARITHMETIC } from './arithmetic.ts';
import { checkAnswers, total, wholes } from './written.testing.ts';

const factorial = (n: number): bigint => wholes(1, n).reduce((product, k) => product * BigInt(k), 1n);

describe('the answers of arithmetic', () => {
  checkAnswers(ARITHMETIC, {
    'arithmetic-1': () => total(wholes(1, 37).map(() => 12)) + 5,
    'arithmetic-2': () => wholes(479, 1003).length,
    'arithmetic-3': () => 18 - (6 + 6) + (2 + 2 + 2 + 2 + 2) / 5,
    'arithmetic-4': () => wholes(1, 200).find((litres) => 3 * litres === 4 * 54)!,
    // In twelfths.
    'arithmetic-5': () => (2 * 4 + 1 * 3 - 1 * 2) / 12,
    'arithmetic-6': () => (80 + 80 / 4) * 0.75,
    'arithmetic-7': () => (Date.UTC(2000, 0, 1, 13, 15) - Date.UTC(2000, 0, 1, 9, 40)) / 60_000,
    'arithmetic-8': () => wholes(1, 540).findLast((d) => 504 % d === 0 && 540 % d === 0)!,
    'arithmetic-9': () => wholes(1, 12 * 15 * 20 * 28).find((n) => [12, 15, 20, 28].every((d) => n % d === 0))!,
    'arithmetic-10': () => 1 / (1 / 6 + 1 / 4),
    'arithmetic-11': () => wholes(1, 720).filter((d) => 720 % d === 0).length,
    'arithmetic-12': () => 0.2 + total(wholes(1, 7).map((k) => 36 / 10 ** (2 * k + 1))),
    'arithmetic-13': () => total(wholes(1, 200).filter((n) => n % 3 === 0 || n % 5 === 0)),
    'arithmetic-14': () => wholes(1, 2026).reduce((power) => (power * 7) % 13, 1),
    'arithmetic-15': () => /0*$/.exec(String(factorial(125)))![0].length,
    'arithmetic-16': () => String(2n ** 100n).length,
    'arithmetic-17': () => wholes(1, 8 * 9 * 11).find((n) => n % 8 === 3 && n % 9 === 4 && n % 11 === 5)!,
    'arithmetic-18': () => wholes(1, 999).reduce((power) => (power * 3) % 100, 1),
    'arithmetic-19': () => wholes(1, 1000).filter((n) => [2, 3, 5].every((p) => n % p !== 0)).length,
    'arithmetic-20': () => wholes(1, 100).find((x) => (37 * x) % 101 === 1)!,
  });
});
