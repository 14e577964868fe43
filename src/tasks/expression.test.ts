import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalExpressions, readExpression } from './expression.ts';

function equal(a: string, b: string): boolean | null | string {
  const [left, right] = [readExpression(a), readExpression(b)];
  if (typeof left === 'string') return `${a}: ${left}`;
  if (typeof right === 'string') return `${b}: ${right}`;
  return equalExpressions(left, right);
}

describe('expressions', () => {
  it.each([
    ['1/3+1/6', '1/2'],
    ['2(x+1)^2', '2x^2+4x+2'],
    ['(a+b)(a-b)', 'a^2-b^2'],
    ['12x^3+4x+5', '4x+5+12x^3'],
    ['xy', 'y*x'],
    ['-x^2', '0-x*x'],
    ['2^3^2', '512'],
    ['8/4/2', '1'],
    ['1/2x', 'x/2'],
    ['x^-2', '1/x/x'],
    ['x^2/x', 'x'],
    ['--3', '3'],
    ['3*-2', '-6'],
    ['2^-(1+1)', '1/4'],
    ['007', '7'],
    ['99999999999999999999*99999999999999999999', '9999999999999999999800000000000000000001'],
  ])('%s means the same as %s', (a, b) => expect(equal(a, b)).toBe(true));

  it.each([
    ['1/3', '333333333333/1000000000000'],
    ['x+y', 'xy'],
    ['-x^2', '(-x)^2'],
    ['x', 'X'],
    ['2x', 'x^2'],
    ['9999999999999999999999', '9999999999999999999998'],
  ])('%s differs from %s', (a, b) => expect(equal(a, b)).toBe(false));

  it.each([
    ['', 'format'],
    ['x2', 'format'],
    ['2 3', 'format'],
    ['(1', 'format'],
    ['1)', 'format'],
    ['+', 'format'],
    ['2**3', 'format'],
    ['1.5', 'format'],
    ['2^x', 'format'],
    ['4^(1/2)', 'format'],
    ['1/0', 'no value'],
    ['1/(x-x)', 'no value'],
    ['0^0', 'no value'],
    ['(x-x)^-1', 'no value'],
    ['9^9^9', 'too large'],
    ['((9^64)^64)', 'too large'],
    [`${'('.repeat(40)}x${'^64)'.repeat(40)}`, 'too large'],
    ['(a+b+c+d+e+f+g+h)^64', 'too large'],
    ['('.repeat(300), 'too large'],
  ] as const)('%s is refused: %s', (text, fault) => expect(readExpression(text)).toBe(fault));

  it('answers any text', () => {
    const within = fc.string({ unit: fc.constantFrom(...'0123456789xyz+-*/^()'), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(within, fc.string({ unit: 'binary' })), (text) => {
        const found = readExpression(text);
        if (typeof found !== 'string') expect([true, null]).toContain(equalExpressions(found, found));
      }),
      { numRuns: 500 },
    );
  });
});

/** A sum, difference, product or square of whole numbers, x and y. */
interface Tree {
  readonly text: string;
  readonly value: (x: bigint, y: bigint) => bigint;
}

const leaf: fc.Arbitrary<Tree> = fc.oneof(
  fc.constantFrom<Tree>({ text: 'x', value: (x) => x }, { text: 'y', value: (_, y) => y }),
  fc.nat(3).map((n) => ({ text: String(n), value: () => BigInt(n) })),
);
const tree = fc.letrec<{ tree: Tree }>((tie) => {
  const pair = fc.tuple(tie('tree'), tie('tree'));
  return {
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      pair.map(([a, b]): Tree => ({ text: `(${a.text})+(${b.text})`, value: (x, y) => a.value(x, y) + b.value(x, y) })),
      pair.map(([a, b]): Tree => ({ text: `(${a.text})-(${b.text})`, value: (x, y) => a.value(x, y) - b.value(x, y) })),
      pair.map(([a, b]): Tree => ({ text: `(${a.text})(${b.text})`, value: (x, y) => a.value(x, y) * b.value(x, y) })),
      tie('tree').map((a): Tree => ({ text: `(${a.text})^2`, value: (x, y) => a.value(x, y) ** 2n })),
    ),
  };
}).tree;

describe('equality', () => {
  it('holds just where the values agree on as many points as a difference of that degree cannot have roots', () => {
    // Three levels: a degree of at most 8 in each letter.
    const points = Array.from({ length: 9 }, (_, i) => BigInt(i));
    const agree = (a: Tree, b: Tree) => points.every((x) => points.every((y) => a.value(x, y) === b.value(x, y)));
    const regrouped = tree.chain((a) =>
      fc.constantFrom<readonly [Tree, Tree]>(
        [a, { text: `-(1-(${a.text}))+1`, value: a.value }],
        [a, { text: `(x(${a.text})+3(${a.text}))/(3+x)`, value: a.value }],
      ),
    );
    let same = 0;
    fc.assert(
      fc.property(fc.oneof(fc.tuple(tree, tree), regrouped), ([a, b]) => {
        const expected = agree(a, b);
        same += expected ? 1 : 0;
        expect(equal(a.text, b.text), `${a.text} and ${b.text}`).toBe(expected);
      }),
      { numRuns: 400, seed: 5 },
    );
    expect(same).toBeGreaterThan(100);
  });
});
