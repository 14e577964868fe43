// The parts of mathjs that answers are compared with: its parser, exact fractions, and functions of complex numbers.
//
// Chosen by measurement over @cortex-js/compute-engine, which reads LaTeX by itself but is ten times as large (984 kB
// against 93 kB compressed), leaves most equalities with variables undecided, needs 18 seconds for 9^{9^9}, and wants a
// newer Node than this project does. Of the parser only trees are taken: mathjs never evaluates or compiles a text.
// This file is reached by import() only, when the first answer is to be compared.

import {
  absDependencies,
  acosDependencies,
  addDependencies,
  asinDependencies,
  atanDependencies,
  type Complex,
  ComplexDependencies,
  cosDependencies,
  coshDependencies,
  create,
  divideDependencies,
  expDependencies,
  type Fraction,
  FractionDependencies,
  gammaDependencies,
  logDependencies,
  type MathJsInstance,
  multiplyDependencies,
  parseDependencies,
  powDependencies,
  sinDependencies,
  sinhDependencies,
  sqrtDependencies,
  subtractDependencies,
  tanDependencies,
  tanhDependencies,
} from 'mathjs';

/** What of mathjs is there. Its own types leave the two classes out. */
export interface MathLibrary
  extends Pick<
    MathJsInstance,
    | 'abs'
    | 'acos'
    | 'add'
    | 'asin'
    | 'atan'
    | 'cos'
    | 'cosh'
    | 'divide'
    | 'exp'
    | 'gamma'
    | 'isConstantNode'
    | 'isFunctionNode'
    | 'isOperatorNode'
    | 'isParenthesisNode'
    | 'isSymbolNode'
    | 'log'
    | 'multiply'
    | 'parse'
    | 'pow'
    | 'sin'
    | 'sinh'
    | 'sqrt'
    | 'subtract'
    | 'tan'
    | 'tanh'
  > {
  readonly Complex: new (re: number, im: number) => Complex;
  readonly Fraction: new (numerator: bigint | number | string, denominator?: bigint | number) => Fraction;
}

/** Numbers of a parsed text are exact fractions. */
export const math = create(
  {
    ...absDependencies,
    ...acosDependencies,
    ...addDependencies,
    ...asinDependencies,
    ...atanDependencies,
    ...ComplexDependencies,
    ...cosDependencies,
    ...coshDependencies,
    ...divideDependencies,
    ...expDependencies,
    ...FractionDependencies,
    ...gammaDependencies,
    ...logDependencies,
    ...multiplyDependencies,
    ...parseDependencies,
    ...powDependencies,
    ...sinDependencies,
    ...sinhDependencies,
    ...sqrtDependencies,
    ...subtractDependencies,
    ...tanDependencies,
    ...tanhDependencies,
  },
  { number: 'Fraction' },
) as MathJsInstance & MathLibrary;
