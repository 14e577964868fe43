// Expressions such as `2(x+1)^2/3`, read as quotients of polynomials, so that equality is decided and not guessed:
// a/b = c/d iff ad - bc is the zero polynomial. (Libraries of computer algebra simplify the difference and hope: where
// that does not end at 0, they do not know.)
//
//   sum     term (+ term | - term)*
//   term    factor (* factor | / factor | power)*      the last one, without a sign, begins with a letter or a bracket
//   factor  - factor | + factor | power
//   power   atom (^ exponent)?                         a whole number, from -64 to 64
//   atom    digits | letter | ( sum )

import { Allowance, constant, ONE, type Polynomial, plus, TooLarge, times, variable } from './polynomial.ts';

/** over / under, with under not 0. */
export interface Quotient {
  readonly over: Polynomial;
  readonly under: Polynomial;
}

/** format: not an expression; no value: a division by zero; too large: longer to work out than any answer needs. */
export type ExpressionFault = 'format' | 'no value' | 'too large';

const LONGEST_TEXT = 256;
const LARGEST_EXPONENT = 64n;
/** About ten milliseconds. */
const TERM_PRODUCTS = 20_000;

class Fault extends Error {
  readonly fault: 'format' | 'no value';

  constructor(fault: 'format' | 'no value') {
    super(fault);
    this.fault = fault;
  }
}

/** What a text means, or why it means nothing. Total. */
export function readExpression(text: string): Quotient | ExpressionFault {
  if (text.length > LONGEST_TEXT) return 'too large';
  try {
    return new ExpressionReader(text).read();
  } catch (error) {
    if (error instanceof Fault) return error.fault;
    if (error instanceof TooLarge) return 'too large';
    throw error;
  }
}

/** Whether two expressions agree wherever both have a value; null when that is too long to work out. */
export function equalExpressions(a: Quotient, b: Quotient): boolean | null {
  const allowance = new Allowance(TERM_PRODUCTS);
  try {
    return plus(times(a.over, b.under, allowance), times(b.over, a.under, allowance), -1n, allowance).size === 0;
  } catch (error) {
    if (error instanceof TooLarge) return null;
    throw error;
  }
}

class ExpressionReader {
  readonly #text: string;
  readonly #allowance = new Allowance(TERM_PRODUCTS);
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Quotient {
    const value = this.#sum();
    if (this.#at < this.#text.length) throw new Fault('format');
    return value;
  }

  /** Takes the next character if it is one of `characters`. */
  #take(characters: string): string | null {
    const next = this.#text[this.#at];
    if (next === undefined || !characters.includes(next)) return null;
    this.#at += 1;
    return next;
  }

  #sum(): Quotient {
    let value = this.#term();
    for (;;) {
      const sign = this.#take('+-');
      if (sign === null) return value;
      value = this.#added(value, this.#term(), sign === '+' ? 1n : -1n);
    }
  }

  #term(): Quotient {
    let value = this.#factor();
    for (;;) {
      const sign = this.#take('*/');
      if (sign === null && !/^[A-Za-z(]/.test(this.#text.slice(this.#at, this.#at + 1))) return value;
      const next = sign === null ? this.#power() : this.#factor();
      value = this.#multiplied(value, sign === '/' ? inverse(next) : next);
    }
  }

  #factor(): Quotient {
    const sign = this.#take('+-');
    if (sign === null) return this.#power();
    const value = this.#factor();
    return sign === '+' ? value : this.#added({ over: constant(0n), under: ONE }, value, -1n);
  }

  #power(): Quotient {
    const base = this.#atom();
    if (this.#take('^') === null) return base;
    const exponent = wholeNumber(this.#exponent());
    if (exponent > LARGEST_EXPONENT || exponent < -LARGEST_EXPONENT) throw new TooLarge('An exponent is too large.');
    // 0^0 has no value, and neither has 0^-1.
    if (exponent <= 0n && base.over.size === 0) throw new Fault('no value');
    const factor = exponent < 0n ? inverse(base) : base;
    let value: Quotient = { over: ONE, under: ONE };
    for (let i = exponent < 0n ? -exponent : exponent; i > 0n; i--) value = this.#multiplied(value, factor);
    return value;
  }

  /** From the right: 2^3^2 is 2^9. */
  #exponent(): Quotient {
    const sign = this.#take('+-');
    if (sign === null) return this.#power();
    const value = this.#exponent();
    return sign === '+' ? value : this.#added({ over: constant(0n), under: ONE }, value, -1n);
  }

  #atom(): Quotient {
    if (this.#take('(') !== null) {
      const value = this.#sum();
      if (this.#take(')') === null) throw new Fault('format');
      return value;
    }
    const [found] = /^(?:\d+|[A-Za-z])/.exec(this.#text.slice(this.#at)) ?? [];
    if (found === undefined) throw new Fault('format');
    this.#at += found.length;
    return { over: /\d/.test(found) ? constant(BigInt(found)) : variable(found), under: ONE };
  }

  #added(a: Quotient, b: Quotient, factor: 1n | -1n): Quotient {
    const allowance = this.#allowance;
    if (a.under === b.under) return { over: plus(a.over, b.over, factor, allowance), under: a.under };
    const left = times(a.over, b.under, allowance);
    const right = times(b.over, a.under, allowance);
    return { over: plus(left, right, factor, allowance), under: times(a.under, b.under, allowance) };
  }

  #multiplied(a: Quotient, b: Quotient): Quotient {
    const under = a.under === ONE ? b.under : b.under === ONE ? a.under : times(a.under, b.under, this.#allowance);
    return { over: times(a.over, b.over, this.#allowance), under };
  }
}

function inverse({ over, under }: Quotient): Quotient {
  if (over.size === 0) throw new Fault('no value');
  return { over: under, under: over };
}

/** The whole number that a quotient is. */
function wholeNumber({ over, under }: Quotient): bigint {
  const [above, below] = [over, under].map((polynomial) => {
    if (polynomial.size === 0) return 0n;
    const value = polynomial.size === 1 ? polynomial.get('') : undefined;
    if (value === undefined) throw new Fault('format');
    return value;
  }) as [bigint, bigint];
  if (above % below !== 0n) throw new Fault('format');
  return above / below;
}
