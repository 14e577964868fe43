// Whether two expressions, or two equations, are the same for all values of their variables.
//
// Numbers are compared exactly where they are fractions, else to 11 digits. Expressions with variables are taken at POINTS
// fixed points and must agree at all of them: the values of polynomials are exact there, and two that differ agree at a
// point only by a rare chance (the lemma of Schwartz and Zippel). Nothing here is random, timed, or unbounded.

import type { Fraction, MathNode } from 'mathjs';
import type { Form, Unit } from './form.ts';
import type { MathLibrary } from './mathLibrary.ts';
import {
  combine,
  isSameNumber,
  magnitude,
  NotComparableError,
  type Quantity,
  quantityOf,
  type Surroundings,
} from './value.ts';

const POINTS = 10;
/** With fewer that both sides are defined at, nothing is said. */
const FEWEST_POINTS = 4;

/** Distinct small primes: fractions of them are no special points of the functions of school. */
const PRIMES = [5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43] as const;

/** A variable's value at a point: it follows from its name, lies between 0.1 and 9, and is negative at about half the points. */
function valueAt(name: string, point: number, math: MathLibrary): Fraction {
  // FNV-1a, so that different names get different values.
  let hash = 0x811c9dc5;
  for (const character of `${name} ${point}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  const over = PRIMES[hash % PRIMES.length]!;
  const under = PRIMES[(hash >>> 8) % PRIMES.length]!;
  const sign = (point + (hash >>> 16)) % 2 === 0 ? 1 : -1;
  // Equal primes would give 1, which proves little.
  return new math.Fraction(BigInt(sign * (over === under ? over + 2 : over)), BigInt(under));
}

/** What the signs behind a number multiply by: 1 where they are a mere unit. */
interface Reading {
  readonly percent: 'hundredth' | 'unit';
  readonly degree: 'radians' | 'unit';
}

const AS_WRITTEN: Reading = { percent: 'hundredth', degree: 'unit' };
/** When only one side has the sign: 50% is 0.5, and the 50 of "what percentage"; 90° is 90, and pi/2. */
const READINGS: Readonly<Record<'percent' | 'degree', readonly Reading[]>> = {
  percent: [AS_WRITTEN, { ...AS_WRITTEN, percent: 'unit' }],
  degree: [AS_WRITTEN, { ...AS_WRITTEN, degree: 'radians' }],
};

function readingsOf(a: Unit, b: Unit): readonly Reading[] {
  const unit = a ?? b;
  return a === b || unit === null ? [AS_WRITTEN] : READINGS[unit];
}

function surroundingsAt(point: number, { percent, degree }: Reading, math: MathLibrary): Surroundings {
  return {
    math,
    variable: (name) => valueAt(name, point, math),
    percent: percent === 'unit' ? new math.Fraction(1) : new math.Fraction(1, 100),
    degree: degree === 'unit' ? 1 : Math.PI / 180,
    track: { scale: 0, bits: 0 },
  };
}

function hasVariables(node: MathNode, math: MathLibrary): boolean {
  return node.filter((part) => math.isSymbolNode(part) && part.name.startsWith('v_')).length > 0;
}

export interface Comparison {
  readonly result: 'equal' | 'different' | 'not comparable';
  /** One sentence. */
  readonly reason: string;
}

export const equal = (reason: string): Comparison => ({ result: 'equal', reason });
export const different = (reason: string): Comparison => ({ result: 'different', reason });
export const notComparable = (reason: string): Comparison => ({ result: 'not comparable', reason });

type Expression = Form & { readonly kind: 'expression' };
type Equation = Form & { readonly kind: 'relation' };

/** What one side amounts to at a point. @throws NotComparableError with a sentence that names the side */
function amount(side: 'right' | 'given', value: () => Quantity): Quantity {
  try {
    return value();
  } catch (error) {
    if (error instanceof NotComparableError) throw new NotComparableError(`The ${side} answer ${error.message}.`);
    throw error;
  }
}

interface Agreement {
  /** Points at which both sides have a value, and the same. */
  readonly agreed: number;
  readonly differs: boolean;
  /** Why other points say nothing. */
  readonly lost: string;
}

/** Goes through the points until one tells the sides apart; where a side has no value it is passed over. */
function agreement(points: number, agreesAt: (point: number) => boolean): Agreement {
  let agreed = 0;
  let lost = '';
  for (let point = 0; point < points; point++)
    try {
      if (!agreesAt(point)) return { agreed, differs: true, lost };
      agreed++;
    } catch (error) {
      if (!(error instanceof NotComparableError)) throw error;
      lost = error.message.endsWith('.') ? error.message : `An answer ${error.message}.`;
    }
  return { agreed, differs: false, lost };
}

function compareAs(right: Expression, given: Expression, reading: Reading, math: MathLibrary): Comparison {
  const isConstant = !hasVariables(right.node, math) && !hasVariables(given.node, math);
  let isExact = true;
  const { agreed, differs, lost } = agreement(isConstant ? 1 : POINTS, (point) => {
    const surroundings = surroundingsAt(point, reading, math);
    const a = amount('right', () => quantityOf(right.node, surroundings));
    const b = amount('given', () => quantityOf(given.node, surroundings));
    isExact &&= a.exact !== null && b.exact !== null;
    return isSameNumber(a, b, surroundings.track.scale, math);
  });
  if (differs)
    return different(isConstant ? 'They are different numbers.' : 'They differ for some values of the variables.');
  if (agreed < (isConstant ? 1 : FEWEST_POINTS)) return notComparable(lost);
  if (!isConstant) return equal(`They agree at ${agreed} points.`);
  return equal(isExact ? 'They are the same number.' : 'They are the same number to 11 digits.');
}

/** Compares two expressions, under each reading of a percent or degree sign that only one of them has. */
export function compareExpressions(right: Expression, given: Expression, math: MathLibrary): Comparison {
  const found = readingsOf(right.unit, given.unit).map((reading) => compareAs(right, given, reading, math));
  return found.find(({ result }) => result === 'equal') ?? found[0]!;
}

/** left - right of an equation, or null when its sides are no expressions. */
function difference(equation: Equation, math: MathLibrary): ((surroundings: Surroundings) => Quantity) | null {
  const { left, right } = equation;
  if (left.kind !== 'expression' || right.kind !== 'expression') return null;
  if (!hasVariables(left.node, math) && !hasVariables(right.node, math)) return null;
  return (surroundings) =>
    combine('subtract', quantityOf(left.node, surroundings), quantityOf(right.node, surroundings), surroundings);
}

/**
 * Compares two equations or inequalities of the same kind: they say the same when left - right of one is a constant times
 * that of the other (a positive one for inequalities). Null when their sides are no expressions with variables.
 */
export function compareEquations(right: Equation, given: Equation, math: MathLibrary): Comparison | null {
  const [a, b] = [difference(right, math), difference(given, math)];
  if (a === null || b === null) return null;
  let first: Quantity | null = null;
  const { agreed, differs, lost } = agreement(POINTS, (point) => {
    const surroundings = surroundingsAt(point, AS_WRITTEN, math);
    const [over, under] = [amount('right', () => a(surroundings)), amount('given', () => b(surroundings))];
    const ratio = combine('divide', over, under, surroundings);
    first ??= ratio;
    const factor = ratio.approximate();
    const isTurned = right.relation.startsWith('<') && !(typeof factor === 'number' && factor > 0);
    return magnitude(factor) > 0 && !isTurned && isSameNumber(ratio, first, surroundings.track.scale, math);
  });
  if (differs) return different('They are different equations.');
  return agreed < FEWEST_POINTS ? notComparable(lost) : equal('They are the same equation.');
}
