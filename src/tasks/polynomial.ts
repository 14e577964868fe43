// Polynomials in any letters with whole coefficients of any size, exactly. A work allowance bounds what hostile input
// can cost: 9^9^9 or (a+b+c+d)^64 stop early.

/** Coefficient by monomial, none of them 0. A monomial is its letters in order, each with its exponent: `x2y1`; `` is 1. */
export type Polynomial = ReadonlyMap<string, bigint>;

/** Coefficients stay below it in size, so no single product is long. */
const COEFFICIENT_LIMIT = 1n << 2048n;

/** Exponents, too: (x^64)^64 and on. */
const EXPONENT_LIMIT = 1_000_000;

/** Thrown when a computation would exceed what it may cost. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Products of two terms that a computation may still make. */
export class Allowance {
  #left: number;

  constructor(termProducts: number) {
    this.#left = termProducts;
  }

  /** @throws TooLarge when less is left */
  spend(termProducts: number): void {
    this.#left -= termProducts;
    if (this.#left < 0) throw new TooLarge('A computation was given up.');
  }
}

export const ONE: Polynomial = new Map([['', 1n]]);

export function constant(value: bigint): Polynomial {
  return value === 0n ? new Map() : new Map([['', value]]);
}

/** @param letter a single letter */
export function variable(letter: string): Polynomial {
  return new Map([[`${letter}1`, 1n]]);
}

function addTo(sum: Map<string, bigint>, monomial: string, coefficient: bigint): void {
  const total = (sum.get(monomial) ?? 0n) + coefficient;
  if (total >= COEFFICIENT_LIMIT || -total >= COEFFICIENT_LIMIT) throw new TooLarge('A coefficient grew too long.');
  if (total === 0n) sum.delete(monomial);
  else sum.set(monomial, total);
}

/** a + factor b. @throws TooLarge */
export function plus(a: Polynomial, b: Polynomial, factor: 1n | -1n, allowance: Allowance): Polynomial {
  allowance.spend(a.size + b.size);
  const sum = new Map(a);
  for (const [monomial, coefficient] of b) addTo(sum, monomial, factor * coefficient);
  return sum;
}

/** @throws TooLarge */
export function times(a: Polynomial, b: Polynomial, allowance: Allowance): Polynomial {
  allowance.spend(a.size * b.size);
  const product = new Map<string, bigint>();
  for (const [m, c] of a) for (const [n, d] of b) addTo(product, monomialProduct(m, n), c * d);
  return product;
}

function monomialProduct(a: string, b: string): string {
  if (a === '' || b === '') return a + b;
  const exponents = new Map<string, number>();
  for (const [, letter, exponent] of `${a}${b}`.matchAll(/([A-Za-z])(\d+)/g)) {
    const sum = (exponents.get(letter!) ?? 0) + Number(exponent);
    if (sum > EXPONENT_LIMIT) throw new TooLarge('An exponent grew too large.');
    exponents.set(letter!, sum);
  }
  return [...exponents]
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([letter, exponent]) => `${letter}${exponent}`)
    .join('');
}
