// Checks of written problems: each answer is worked out again, by counting, by exact whole numbers or numerically, and
// the number that the written answer stands for must be the same.

import { expect, it } from 'vitest';
import { type Form, formOf } from './form.ts';
import { math } from './mathLibrary.ts';
import type { Problem } from './problem.ts';
import { tidied } from './tidy.ts';
import { quantityOf } from './value.ts';

type Names = Readonly<Record<string, number>>;

const read = (answer: string): Form => formOf(tidied(answer), math);

function numberOf(form: Form, names: Names): number {
  if (form.kind === 'infinity') return form.sign * Number.POSITIVE_INFINITY;
  if (form.kind === 'relation' && form.value !== null) return numberOf(form.value, names);
  if (form.kind !== 'expression') throw new Error(`${form.kind} is no number`);
  const variable = (name: string) => {
    const value = names[name.replace('v_', '')];
    if (value === undefined) throw new Error(`${name} is not expected in the answer`);
    return new math.Fraction(value);
  };
  const percent = new math.Fraction(1, 100);
  const value = quantityOf(form.node, { math, variable, percent, degree: 1, track: { scale: 0, bits: 0 } });
  const number = value.approximate();
  if (typeof number !== 'number') throw new Error('the answer is not real');
  return number;
}

/** The number that an answer stands for, with given values of its variables. */
export const valueOfAnswer = (answer: string, names: Names = {}): number => numberOf(read(answer), names);

/** The numbers of a list or a point, in order. */
export function valuesOfAnswer(answer: string): number[] {
  const form = read(answer);
  if (form.kind !== 'set' && form.kind !== 'bracket') throw new Error(`${form.kind} is no list`);
  return form.items.map((item) => numberOf(item, {}));
}

/** Whether a number lies in an interval or a union of intervals. */
export function isIn(answer: string, x: number): boolean {
  const form = read(answer);
  return (form.kind === 'union' ? form.items : [form]).some((part) => {
    if (part.kind !== 'bracket') throw new Error(`${part.kind} is no interval`);
    const [low, high] = part.items.map((end) => numberOf(end, {})) as [number, number];
    return (part.open === '[' ? x >= low : x > low) && (part.close === ']' ? x <= high : x < high);
  });
}

/** Points at which functions are compared: no special ones. */
export const SOME_POINTS = [0.3, 0.7, 1.1, 1.9, 2.6];

/**
 * What a problem's answer must be: a number; a list of numbers in order; a function of x, known at SOME_POINTS; or a
 * check that fails by itself.
 */
export type Expectation =
  | number
  | readonly number[]
  | { readonly curve: (x: number) => number }
  | ((answer: string) => void);

/** Numerical derivatives and integrals agree to about this many decimals. */
const DECIMALS = 6;

function check(answer: string, expected: Expectation): void {
  if (typeof expected === 'function') expected(answer);
  else if (typeof expected === 'number') expect(valueOfAnswer(answer)).toBeCloseTo(expected, DECIMALS);
  else if ('curve' in expected)
    for (const x of SOME_POINTS)
      expect(valueOfAnswer(answer, { x }), `x = ${x}`).toBeCloseTo(expected.curve(x), DECIMALS);
  else {
    const values = valuesOfAnswer(answer);
    expect(values).toHaveLength(expected.length);
    for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, DECIMALS);
  }
}

/** One test for each problem; a problem without an expectation fails. */
export function checkAnswers(
  problems: readonly Problem[],
  expected: Readonly<Record<string, () => Expectation>>,
): void {
  it.each(problems)('$id: $prompt', ({ id, answer }) => {
    expect(Object.keys(expected)).toContain(id);
    check(answer, expected[id]!());
  });
  it('has an expectation for these problems only', () => {
    expect(Object.keys(expected)).toEqual(problems.map(({ id }) => id));
  });
}

/** The slope of f at x: central differences, extrapolated once (Richardson). */
export function slope(f: (x: number) => number, x: number): number {
  const central = (step: number) => (f(x + step) - f(x - step)) / (2 * step);
  return (4 * central(5e-4) - central(1e-3)) / 3;
}

/** The integral of f from a to b: Gauss and Legendre with three nodes on each of many pieces; ends are not touched. */
export function integral(f: (x: number) => number, a: number, b: number, pieces = 4000): number {
  const half = (b - a) / pieces / 2;
  const node = Math.sqrt(0.6) * half;
  let sum = 0;
  for (let i = 0; i < pieces; i++) {
    const middle = a + (2 * i + 1) * half;
    sum += 5 * f(middle - node) + 8 * f(middle) + 5 * f(middle + node);
  }
  return (sum * half) / 9;
}

/** The place between a and b where an increasing or decreasing f is zero, by halving. */
export function rootBetween(f: (x: number) => number, a: number, b: number): number {
  const sign = Math.sign(f(a));
  let [low, high] = [a, b];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (Math.sign(f(middle)) === sign) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Whole numbers from `from` to `to`. */
export const wholes = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
