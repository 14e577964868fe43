import { describe, expect } from 'vitest';
import { ALGEBRA } from './algebra.ts';
import { loadComparison } from './equivalence.ts';
import { checkAnswers, isIn, rootBetween, total, valuesOfAnswer, wholes } from './written.testing.ts';

const compare = await loadComparison();

/** Quarters from -20 to 20: every end of an interval here is among them. */
const QUARTERS = wholes(-80, 80).map((n) => n / 4);

/** The answer holds exactly those numbers for which something is so. */
const isWhere = (isSo: (x: number) => boolean) => (answer: string) => {
  expect(QUARTERS.filter((x) => isIn(answer, x))).toEqual(QUARTERS.filter(isSo));
  expect(isIn(answer, 1e6)).toBe(isSo(1e6));
  expect(isIn(answer, -1e6)).toBe(isSo(-1e6));
};

const determinant = ([[a, b, c], [d, e, f], [g, h, i]]: readonly [number[], number[], number[]]) =>
  a! * e! * i! + b! * f! * g! + c! * d! * h! - c! * e! * g! - b! * d! * i! - a! * f! * h!;

describe('the answers of algebra', () => {
  checkAnswers(ALGEBRA, {
    'algebra-1': () => rootBetween((x) => 3 * x - 7 - 20, -100, 100),
    'algebra-2': () => wholes(-100, 100).find((n) => n + n + 9 === 41)!,
    'algebra-3': () => rootBetween((x) => x / 4 + x / 6 - 10, -100, 100),
    'algebra-4': () => {
      const points = wholes(-20, 20).flatMap((x) => wholes(-20, 20).map((y) => [x, y] as const));
      return points.find(([x, y]) => 2 * x + 3 * y === 13 && x - y === -1)!;
    },
    'algebra-5': () => ({ curve: (x) => (2 * x - 3) * (x + 5) }),
    'algebra-6': () => (answer) =>
      expect(valuesOfAnswer(answer).sort((a, b) => a - b)).toEqual(wholes(-50, 50).filter((x) => x * x - x === 42)),
    'algebra-7': () => isWhere((x) => 5 - 2 * x < 11),
    'algebra-8': () => ({ curve: (x) => 5 + ((x + 2) * (-7 - 5)) / (4 + 2) }),
    'algebra-9': () => {
      const height = (x: number) => 2 * x * x - 12 * x + 11;
      const x = QUARTERS.toSorted((a, b) => height(a) - height(b))[0]!;
      return [x, height(x)];
    },
    'algebra-10': () => ({ curve: (x) => (x ** 2 - 9) / (x ** 2 + 5 * x + 6) }),
    'algebra-11': () => rootBetween((x) => 2 ** (x + 1) - 8 ** (x - 3), 0, 20),
    'algebra-12': () => {
      const f = (x: number) => 2 * x * x - 6 * x + 1;
      return rootBetween(f, -10, 1.5) ** 2 + rootBetween(f, 1.5, 10) ** 2;
    },
    'algebra-13': () => {
      const found = QUARTERS.filter((x) => x >= -3.5 && Math.sqrt(2 * x + 7) === x + 2);
      expect(found).toHaveLength(1);
      return found[0]!;
    },
    'algebra-14': () => isWhere((x) => Math.abs(2 * x - 5) <= 7),
    'algebra-15': () => rootBetween((x) => 3 ** x - 54 / 2, 0, 10),
    // Horner's scheme: the remainder is the value at -1.
    'algebra-16': () => [1, ...wholes(1, 48).map(() => 0), 3, -2].reduce((sum, c) => sum * -1 + c, 0),
    'algebra-17': () => ({ curve: (x) => rootBetween((y) => 2 * y + 1 - x * (y - 3), -1000, 1000) }),
    'algebra-18': () => total(wholes(0, 200).map((k) => 12 * (-2 / 3) ** k)),
    'algebra-19': () => (answer) => {
      let [re, im] = [1, 0];
      for (const _ of wholes(1, 4)) [re, im] = [re * 2 - im, re + im * 2];
      expect(compare(`${re}+${im}i`, answer).result).toBe('equal');
    },
    'algebra-20': () =>
      determinant([
        [2, -1, 0],
        [1, 3, 4],
        [0, 5, -2],
      ]),
    'algebra-21': () => (answer) => {
      const isEigenvalue = (value: number) => (4 - value) * (3 - value) - 1 * 2 === 0;
      expect(valuesOfAnswer(answer).sort((a, b) => a - b)).toEqual(wholes(-50, 50).filter(isEigenvalue));
    },
    'algebra-22': () => isWhere((x) => x - 1 >= 0 && x * x - 9 !== 0),
  });
});
