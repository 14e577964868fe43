// The value of a parsed expression: an exact fraction as long as fractions suffice, else a float64, complex if it must be.
//
// Everything is bounded: a number of more bits than MOST_BITS is given up, so 9^{9^9} costs nothing. The tree is walked
// here, with the library's arithmetic; no text is ever run as a program.

import type { Complex, Fraction, MathNode } from 'mathjs';
import type { MathLibrary } from './mathLibrary.ts';

/** Thrown inside this folder for what cannot be compared; the message is a clause that follows "it" in a sentence. */
export class NotComparableError extends Error {
  override readonly name = 'NotComparableError';
}

/** A float64, complex where it must be. */
export type Approximation = number | Complex;

/** A number. `exact` is null where only the approximation is known. */
export interface Quantity {
  readonly exact: Fraction | null;
  /** @throws NotComparableError when the exact number does not fit a float64 */
  readonly approximate: () => Approximation;
}

/** What the free names of an expression stand for. */
export interface Surroundings {
  readonly math: MathLibrary;
  /** The value of a variable. */
  readonly variable: (name: string) => Fraction;
  /** What `%` multiplies by. */
  readonly percent: Fraction;
  /** What a degree sign outside a trigonometric function multiplies by: 1 where it is a unit, or pi/180. */
  readonly degree: number;
  readonly track: Track;
}

/** What an evaluation met on the way. */
export interface Track {
  /** The largest magnitude: rounding errors are measured against it. */
  scale: number;
  /** Bits of all exact results together: what the evaluation has cost. */
  bits: number;
}

/** Largest numerator or denominator that is kept exactly, and the sum of all that one evaluation may make. */
const MOST_BITS = 4096;
const MOST_BITS_TOGETHER = 60_000;
/** Below it a float64 loses digits. */
const SMALLEST = 1e-290;
const LARGEST_FACTORIAL = 500;
const LARGEST_ROOT = 64;

const tooLarge = () => new NotComparableError('holds a number that is too large to compare');
const tooSmall = () => new NotComparableError('holds a number that is too small to compare');
const noValue = () => new NotComparableError('has no value');

/** Names that the translation gives to what is no variable. */
export const CONSTANTS = { pi: 'c_pi', e: 'c_e', i: 'c_i', percent: 'c_percent', degree: 'c_degree' } as const;

const TRIGONOMETRIC = new Set(['sin', 'cos', 'tan', 'sec', 'csc', 'cot']);

/** The length of a whole number that is not negative. */
function bitsOf(whole: bigint): number {
  const digits = whole.toString(16);
  return 4 * (digits.length - 1) + (32 - Math.clz32(Number.parseInt(digits[0]!, 16)));
}

const isWhole = (value: Fraction): boolean => value.d === 1n;

export const magnitude = (value: Approximation): number =>
  typeof value === 'number' ? Math.abs(value) : Math.hypot(value.re, value.im);

/** A real number as a number; anything else as it is. */
const settled = (value: Approximation): Approximation =>
  typeof value !== 'number' && value.im === 0 ? value.re : value;

function exactly(value: Fraction): Quantity {
  return {
    exact: value,
    approximate: () => {
      const number = value.valueOf();
      if (!Number.isFinite(number)) throw tooLarge();
      return number;
    },
  };
}

function approximately(value: Approximation, surroundings: Surroundings): Quantity {
  const number = settled(value);
  const size = magnitude(number);
  if (Number.isNaN(size)) throw noValue();
  if (size === Number.POSITIVE_INFINITY) throw tooLarge();
  if (size > 0 && size < SMALLEST) throw tooSmall();
  surroundings.track.scale = Math.max(surroundings.track.scale, size);
  return { exact: null, approximate: () => number };
}

/** The k-th root of a fraction that is not negative, if it is a fraction of modest size. */
function exactRoot(value: Fraction, k: number, math: MathLibrary): Fraction | null {
  const root = (whole: bigint): bigint | null => {
    if (whole > BigInt(Number.MAX_SAFE_INTEGER)) return null;
    const guess = BigInt(Math.round(Number(whole) ** (1 / k)));
    return guess ** BigInt(k) === whole ? guess : null;
  };
  const [n, d] = [root(value.n), root(value.d)];
  return n === null || d === null ? null : new math.Fraction(n, d);
}

/** base^exponent of fractions, exactly, or null when it is no fraction or too large. */
function exactPower(base: Fraction, exponent: Fraction, math: MathLibrary): Fraction | null {
  if (base.n === 0n) {
    if (exponent.s < 0n && exponent.n !== 0n) throw new NotComparableError('divides by zero');
    return new math.Fraction(exponent.n === 0n ? 1 : 0);
  }
  const most = Math.max(bitsOf(base.n), bitsOf(base.d));
  if (base.n === 1n && base.d === 1n && isWhole(exponent))
    return new math.Fraction(base.s < 0n && exponent.n % 2n === 1n ? -1 : 1);
  if (exponent.n > BigInt(MOST_BITS) || most * Number(exponent.n) > MOST_BITS) return null;
  if (isWhole(exponent)) return base.pow(exponent);
  // A negative base has a real root of odd order, as at school: (-8)^{1/3} = -2.
  if (exponent.d > BigInt(LARGEST_ROOT) || (base.s < 0n && exponent.d % 2n === 0n)) return null;
  const root = exactRoot(base.abs(), Number(exponent.d), math);
  if (root === null) return null;
  const power = root.pow(new math.Fraction(exponent.s * exponent.n));
  return base.s < 0n && exponent.n % 2n === 1n ? power.neg() : power;
}

function power(base: Quantity, exponent: Quantity, surroundings: Surroundings): Quantity {
  const { math } = surroundings;
  if (base.exact !== null && exponent.exact !== null) {
    const exact = exactPower(base.exact, exponent.exact, math);
    if (exact !== null) return exactly(exact);
  }
  const b = base.approximate();
  const x = exponent.exact;
  if (typeof b === 'number' && b < 0 && x !== null && x.d > 1n && x.d % 2n === 1n) {
    const size = (-b) ** x.valueOf();
    if (size === 0) throw tooSmall();
    return approximately(x.n % 2n === 1n ? -size : size, surroundings);
  }
  const result = math.pow(b, exponent.approximate()) as Approximation;
  if (magnitude(result) === 0 && magnitude(b) > 0) throw tooSmall();
  return approximately(result, surroundings);
}

/** Arithmetic of two numbers. */
export type Operation = 'add' | 'subtract' | 'multiply' | 'divide';
const EXACT = { add: 'add', subtract: 'sub', multiply: 'mul', divide: 'div' } as const;

/** @throws NotComparableError when it divides by zero or leaves the bounds */
export function combine(operation: Operation, a: Quantity, b: Quantity, surroundings: Surroundings): Quantity {
  if (operation === 'divide' && isZero(b)) throw new NotComparableError('divides by zero');
  if (a.exact !== null && b.exact !== null) {
    const result = a.exact[EXACT[operation]](b.exact);
    const bits = Math.max(bitsOf(result.n), bitsOf(result.d));
    surroundings.track.bits += bits;
    if (bits > MOST_BITS) throw tooLarge();
    if (surroundings.track.bits > MOST_BITS_TOGETHER) throw new NotComparableError('takes too long to compute');
    return exactly(result);
  }
  const { math } = surroundings;
  return approximately(math[operation](a.approximate(), b.approximate()) as Approximation, surroundings);
}

function isZero(value: Quantity): boolean {
  return value.exact !== null ? value.exact.n === 0n : magnitude(value.approximate()) === 0;
}

function factorial(value: Quantity, surroundings: Surroundings): Quantity {
  const { math } = surroundings;
  const n = value.exact;
  if (n !== null && isWhole(n) && n.s >= 0n) {
    if (n.n > BigInt(LARGEST_FACTORIAL)) throw tooLarge();
    let product = 1n;
    for (let k = 2n; k <= n.n; k++) product *= k;
    return exactly(new math.Fraction(product));
  }
  const x = value.approximate();
  if (typeof x !== 'number' || (Number.isInteger(x) && x < 0)) throw noValue();
  return approximately(math.gamma(x + 1), surroundings);
}

function binomial(n: Quantity, k: Quantity, surroundings: Surroundings): Quantity {
  const [top, bottom] = [n.exact, k.exact];
  if (top === null || bottom === null || !isWhole(top) || !isWhole(bottom) || top.s < 0n || bottom.s < 0n)
    throw new NotComparableError('has a binomial coefficient of what are not whole numbers');
  if (bottom.n > top.n) return exactly(new surroundings.math.Fraction(0));
  const rest = exactly(top.sub(bottom));
  const below = combine('multiply', factorial(k, surroundings), factorial(rest, surroundings), surroundings);
  return combine('divide', factorial(n, surroundings), below, surroundings);
}

/** floor (-1) or ceil (1). */
function rounded(value: Quantity, towards: -1 | 1, { math }: Surroundings): Quantity {
  if (value.exact !== null) return exactly(towards < 0 ? value.exact.floor() : value.exact.ceil());
  const x = value.approximate();
  if (typeof x !== 'number' || Math.abs(x) > Number.MAX_SAFE_INTEGER) throw noValue();
  return exactly(new math.Fraction(towards < 0 ? Math.floor(x) : Math.ceil(x)));
}

function absolute(value: Quantity, surroundings: Surroundings): Quantity {
  return value.exact === null
    ? approximately(magnitude(value.approximate()), surroundings)
    : exactly(value.exact.abs());
}

type Elementary = (math: MathLibrary, x: Approximation) => Approximation;
const LN10 = Math.log(10);

/** Functions of one number; mathjs answers with a complex number where no real one would do. */
const ELEMENTARY: Readonly<Record<string, Elementary>> = {
  ln: (math, x) => math.log(x) as Approximation,
  log: (math, x) => math.divide(math.log(x) as Approximation, LN10) as Approximation,
  exp: (math, x) => math.exp(x as number),
  sin: (math, x) => math.sin(x as number),
  cos: (math, x) => math.cos(x as number),
  tan: (math, x) => math.tan(x as number),
  sec: (math, x) => math.divide(1, math.cos(x as number)) as Approximation,
  csc: (math, x) => math.divide(1, math.sin(x as number)) as Approximation,
  cot: (math, x) => math.divide(1, math.tan(x as number)) as Approximation,
  asin: (math, x) => math.asin(x as number) as Approximation,
  acos: (math, x) => math.acos(x as number) as Approximation,
  atan: (math, x) => math.atan(x as number) as Approximation,
  sinh: (math, x) => math.sinh(x as number),
  cosh: (math, x) => math.cosh(x as number),
  tanh: (math, x) => math.tanh(x as number),
};

function apply(name: string, args: readonly Quantity[], surroundings: Surroundings): Quantity {
  const { math } = surroundings;
  const [first, second] = args as [Quantity, Quantity];
  switch (name) {
    case 'sqrt':
      return power(first, exactly(new math.Fraction(1, 2)), surroundings);
    case 'root':
      return power(first, combine('divide', exactly(new math.Fraction(1)), second, surroundings), surroundings);
    case 'abs':
      return absolute(first, surroundings);
    case 'floor':
      return rounded(first, -1, surroundings);
    case 'ceil':
      return rounded(first, 1, surroundings);
    case 'binomial':
      return binomial(first, second, surroundings);
    case 'logarithm':
      return combine('divide', apply('ln', [first], surroundings), apply('ln', [second], surroundings), surroundings);
  }
  const elementary = ELEMENTARY[name];
  if (elementary === undefined) throw new NotComparableError(`uses ${name}, which is not known here`);
  const x = first.approximate();
  if (name.startsWith('l') && magnitude(x) === 0) throw noValue();
  const result = elementary(math, x);
  if (name === 'exp' && magnitude(result) === 0) throw tooSmall();
  return approximately(result, surroundings);
}

function symbol(name: string, surroundings: Surroundings): Quantity {
  const { math, percent, degree, variable } = surroundings;
  switch (name) {
    case CONSTANTS.pi:
      return approximately(Math.PI, surroundings);
    case CONSTANTS.e:
      return approximately(Math.E, surroundings);
    case CONSTANTS.i:
      return approximately(new math.Complex(0, 1), surroundings);
    case CONSTANTS.percent:
      return exactly(percent);
    case CONSTANTS.degree:
      return degree === 1 ? exactly(new math.Fraction(1)) : approximately(degree, surroundings);
    default:
      return exactly(variable(name));
  }
}

const OPERATIONS: readonly string[] = ['add', 'subtract', 'multiply', 'divide'];

/** The value of a tree. @throws NotComparableError when there is none, or when it is out of bounds */
export function quantityOf(node: MathNode, surroundings: Surroundings): Quantity {
  const { math } = surroundings;
  if (math.isParenthesisNode(node)) return quantityOf(node.content, surroundings);
  if (math.isConstantNode(node)) return exactly(new math.Fraction(String(node.value)));
  if (math.isSymbolNode(node)) return symbol(node.name, surroundings);
  if (math.isFunctionNode(node)) {
    const name = String(node.fn);
    // sin 30° is meant in degrees wherever the sign of a degree is otherwise a mere unit.
    const inside = TRIGONOMETRIC.has(name) ? { ...surroundings, degree: Math.PI / 180 } : surroundings;
    const args = node.args.map((arg) => quantityOf(arg, inside));
    return apply(name, args, surroundings);
  }
  if (!math.isOperatorNode(node)) throw new NotComparableError('is not an expression that can be read');
  const [first, second] = node.args.map((arg) => quantityOf(arg, surroundings)) as [Quantity, Quantity];
  if (node.fn === 'unaryPlus') return first;
  if (node.fn === 'unaryMinus') return combine('subtract', exactly(new math.Fraction(0)), first, surroundings);
  if (node.fn === 'pow') return power(first, second, surroundings);
  if (node.fn === 'factorial') return factorial(first, surroundings);
  if (OPERATIONS.includes(node.fn)) return combine(node.fn as Operation, first, second, surroundings);
  throw new NotComparableError('is not an expression that can be read');
}

/** Share by which equal numbers may differ through rounding, of themselves and of what was met on the way. */
const RELATIVE_ERROR = 1e-11;
const ERROR_OF_SCALE = 1e-13;

/** Whether two numbers are the same: fractions exactly, others to 11 digits. */
export function isSameNumber(a: Quantity, b: Quantity, scale: number, { subtract }: MathLibrary): boolean {
  if (a.exact !== null && b.exact !== null) return a.exact.equals(b.exact);
  const [x, y] = [a.approximate(), b.approximate()];
  const apart = magnitude(subtract(x, y) as Approximation);
  return apart <= Math.max(RELATIVE_ERROR * Math.max(magnitude(x), magnitude(y)), ERROR_OF_SCALE * scale);
}
