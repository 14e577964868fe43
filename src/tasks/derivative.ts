// The derivative of a polynomial, term by term, in any order.
//
//   3x^4+2x^2+5x>4x+12x^3+5.
//
// Which term comes next forks, and so does ending the answer: one that leaves terms out is true as far as it goes, but
// wrong. What a term becomes is knowledge.

import { recipe } from './recipe.ts';
import { type Fault, isDigit, type Reader, stepwise } from './stepwise.ts';
import type { RandomSource, Task } from './task.ts';

interface Term {
  /** From -9 to 9, not 0. */
  readonly coefficient: number;
  /** From 0 to 6. */
  readonly exponent: number;
}

/** Terms by falling exponent, no two alike. */
export type Polynomial = readonly Term[];

interface Answer {
  /** Signed terms of the derivative that are still to come, and those that are written whole. */
  readonly coming: readonly string[];
  readonly written: readonly string[];
  /** What is written of the present term, its sign always included. */
  readonly part: string;
}

interface Shape {
  readonly sentence: string;
  readonly terms: number;
  readonly largestExponent: number;
  readonly negative: boolean;
}

const LARGEST_COEFFICIENT = 9;
const LARGEST_EXPONENT = 6;
const SHAPES: Readonly<Record<string, Shape>> = {
  'three-terms': {
    sentence: 'Three positive terms, exponents from 0 to 5.',
    terms: 3,
    largestExponent: 5,
    negative: false,
  },
  'four-terms': {
    sentence: 'Four terms of either sign, exponents from 0 to 6.',
    terms: 4,
    largestExponent: 6,
    negative: true,
  },
};

/** `+3x^4`, `-x`, `+5`: a term with its sign. */
function signed({ coefficient, exponent }: Term): string {
  const size = Math.abs(coefficient);
  const number = exponent > 0 && size === 1 ? '' : String(size);
  const power = exponent === 0 ? '' : exponent === 1 ? 'x' : `x^${exponent}`;
  return (coefficient < 0 ? '-' : '+') + number + power;
}

function derivativeTerms(polynomial: Polynomial): string[] {
  return polynomial
    .filter(({ exponent }) => exponent > 0)
    .map(({ coefficient, exponent }) => signed({ coefficient: coefficient * exponent, exponent: exponent - 1 }));
}

/** Whether a character could stand after another in some sum of terms. */
function mayFollow(previous: string, character: string): boolean {
  if (previous === '+' || previous === '-') return isDigit(character) || character === 'x';
  if (previous === '^') return isDigit(character);
  if (previous === 'x') return '+-^.'.includes(character);
  return isDigit(character) || 'x+-.'.includes(character);
}

/** Reads a character that goes on with the present term, or begins one. */
function lengthen(answer: Answer, character: string): Answer | Fault {
  const longer = answer.part + character;
  if (answer.coming.some((term) => term.startsWith(longer))) return { ...answer, part: longer };
  // What was written before, or a term more than there are, may be true, but it is not asked for.
  const again = answer.coming.length === 0 || answer.written.some((term) => term.startsWith(longer));
  return again ? 'illegal' : 'wrong arithmetic';
}

function read(_: Polynomial, answer: Answer, character: string): Answer | Fault {
  const { coming, written, part } = answer;
  if (part === '') {
    // The first term: a plus is not written.
    if (character === '-') return lengthen(answer, '-');
    if (!isDigit(character) && character !== 'x') return 'format';
    return lengthen({ ...answer, part: '+' }, character);
  }
  if (!mayFollow(part.at(-1)!, character)) return 'format';
  if (!'+-.'.includes(character)) return lengthen(answer, character);
  if (!coming.includes(part)) return 'wrong arithmetic';
  const closed = { coming: coming.filter((term) => term !== part), written: [...written, part], part: '' };
  return character === '.' ? closed : lengthen(closed, character);
}

const reader: Reader<Polynomial, Answer> = {
  alphabet: '0123456789x^+->.',
  stop: '.',
  start: (polynomial) => ({ coming: derivativeTerms(polynomial), written: [], part: '' }),
  read,
  forced: (_, character) => (character === '.' ? 'format' : 'knowledge'),
  solves: (_, { coming }) => coming.length === 0,
  // Anything but stopping early can still become the whole derivative; after the stop no term is begun.
  promising: (_, { coming, part }) => coming.length === 0 || part !== '',
};

function generate(difficulty: string, random: RandomSource): Polynomial {
  const shape = SHAPES[difficulty];
  if (!shape)
    throw new RangeError(`Derivative has the difficulties ${Object.keys(SHAPES).join(', ')}, not ${difficulty}.`);
  const exponents = Array.from({ length: shape.largestExponent + 1 }, (_, exponent) => exponent);
  while (exponents.length > shape.terms) exponents.splice(random.below(exponents.length), 1);
  return exponents.reverse().map((exponent) => {
    const size = 1 + random.below(LARGEST_COEFFICIENT);
    return { coefficient: shape.negative && random.below(2) === 1 ? -size : size, exponent };
  });
}

function parseTerm(text: string): Term {
  const [number, power] = text.split('x');
  const coefficient = /\d/.test(number!) ? Number(number) : Number(`${number}1`);
  return { coefficient, exponent: power === undefined ? 0 : power === '' ? 1 : Number(power.slice(1)) };
}

function parse(prompt: string): Polynomial | null {
  if (!/^[+-]?(\d|\d?x(\^\d)?)([+-](\d|\d?x(\^\d)?))*>$/.test(prompt)) return null;
  const polynomial = prompt
    .slice(0, -1)
    .match(/[+-]?[^+-]+/g)!
    .map(parseTerm);
  // Only the notation's own spelling, and something to derive.
  if (promptOf(polynomial) !== prompt || polynomial.every(({ exponent }) => exponent === 0)) return null;
  const falling = polynomial.every(({ exponent }, i) => i === 0 || exponent < polynomial[i - 1]!.exponent);
  const small = polynomial.every(({ coefficient, exponent }) => coefficient !== 0 && exponent <= LARGEST_EXPONENT);
  return falling && small ? polynomial : null;
}

function promptOf(polynomial: Polynomial): string {
  return `${polynomial.map(signed).join('').replace(/^\+/, '')}>`;
}

/** Calculus: derive a polynomial. */
export const derivative: Task<Polynomial> = {
  name: 'derivative',
  title: 'Polynomial derivative',
  domain: 'calculus',
  summary:
    'Write every term of the derivative in any order: which term comes next and whether one does fork, coefficients and exponents are knowledge.',
  citation: 'ours',
  difficulties: Object.fromEntries(Object.entries(SHAPES).map(([name, { sentence }]) => [name, sentence])),
  worked: { prompt: '3x^4+2x^2+5x>', completion: '4x+12x^3+5.' },
  recipe: recipe({ difficulty: 'three-terms', solvingShare: 0.1, steps: 500 }),
  // Four terms such as `-54x^5`, and the stop.
  maxCompletion: 4 * 6 + 1,
  generate,
  promptOf,
  parse,
  ...stepwise(reader),
};
