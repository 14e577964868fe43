// Pairs of answers as they look in GSM8K and MATH, and whether they say the same.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadComparison } from './equivalence.ts';

const compare = await loadComparison();

/** One group of pairs: what it is about, then [right, given] of each. */
type Table = Readonly<Record<string, readonly (readonly [string, string])[]>>;

const EQUAL: Table = {
  'whole numbers': [
    ['42', '42'],
    ['42', ' 42. '],
    ['42', '$42$'],
    ['42', '\\(42\\)'],
    ['42', '\\boxed{42}'],
    ['42', '42.0'],
    ['42', '042'],
    ['0', '-0'],
    ['0', '-0.0'],
    ['-7', '−7'],
    ['+5', '5'],
    ['12', '3 \\cdot 4'],
    ['12', '3 \\times 4'],
    ['17', '2^4+1'],
    ['120', '5!'],
    ['10', '\\binom{5}{2}'],
    ['42', '2+40=42'],
  ],
  'thousands and large numbers': [
    ['1000', '1,000'],
    ['1234567', '1,234,567'],
    ['11,111,111,100', '11111111100'],
    ['18\\,000', '18000'],
    ['3{,}600', '3600'],
    ['25 000', '25000'],
    ['1,500.50', '1500.5'],
    ['11,\\! 111,\\! 100', '11111100'],
    ['123456789012345678901', '123,456,789,012,345,678,901'],
    ['2^{100}', '1267650600228229401496703205376'],
    ['2^{2000}', '4^{1000}'],
    ['1.5 \\times 10^3', '1500'],
    ['6.02e23', '6.02 \\cdot 10^{23}'],
    ['10^{-2}', '0.01'],
  ],
  'fractions and decimals': [
    ['\\frac{1}{2}', '0.5'],
    ['\\frac{1}{2}', '1/2'],
    ['\\frac12', '\\dfrac{1}{2}'],
    ['\\frac{3}{4}', '\\tfrac{6}{8}'],
    ['-\\frac{1}{3}', '\\frac{-1}{3}'],
    ['-\\frac{1}{3}', '\\frac{1}{-3}'],
    ['.25', '0.25'],
    ['0.5', '½'],
    ['3\\frac{1}{2}', '\\frac{7}{2}'],
    ['3\\frac12', '3.5'],
    ['3 1/2', '3.5'],
    ['-2\\frac{1}{4}', '-2.25'],
    ['\\frac{1}{3}', '0.\\overline{3}'],
    ['0.1\\overline{6}', '\\frac16'],
    ['\\frac{\\frac{1}{2}}{3}', '\\frac{1}{6}'],
    ['\\frac1{72}', '1/72'],
    ['3:4', '\\frac{3}{4}'],
  ],
  'percentages, degrees and units': [
    ['50\\%', '0.5'],
    ['50\\%', '\\frac{1}{2}'],
    ['50', '50\\%'],
    ['50%', '50\\%'],
    ['12.5\\%', '\\frac{1}{8}'],
    ['28\\%', '28 percent'],
    ['125', '125\\textnormal{ miles}'],
    ['12', 'about 12'],
    ['90^\\circ', '90'],
    ['90^{\\circ}', '90 degrees'],
    ['90', '90°'],
    ['\\frac{\\pi}{2}', '90^\\circ'],
    ['18', '\\$18'],
    ['18.90', '$18.90'],
    ['18', '18 dollars'],
    ['\\$32,348', '32348'],
    ['12', '12\\text{ cm}'],
    ['12', '12 cm'],
    ['12\\text{ square feet}', '12'],
    ['36\\pi\\text{ cm}^2', '36\\pi'],
    ['36\\text{ cm}^{2}', '36 cm^2'],
    ['60', '60 miles per hour'],
    ['60', '60\\text{ km/h}'],
    ['60', '60\\mathrm{~km}/\\mathrm{h}'],
    ['5', '5 apples'],
    ['30', '30 min'],
  ],
  'roots, powers and constants': [
    ['\\sqrt{8}', '2\\sqrt{2}'],
    ['\\sqrt2', '\\sqrt{2}'],
    ['\\sqrt{2}', 'sqrt(2)'],
    ['\\sqrt{2}', '√2'],
    ['\\sqrt{2}', '2^{1/2}'],
    ['\\frac{\\sqrt{3}}{3}', '\\frac{1}{\\sqrt{3}}'],
    ['3', '\\sqrt[3]{27}'],
    ['-2', '(-8)^{1/3}'],
    ['8', '16^{3/4}'],
    ['5\\sqrt{13}', '\\sqrt{325}'],
    ['2\\pi', '2*pi'],
    ['\\frac{\\pi}{4}', 'π/4'],
    ['\\frac{3\\pi}{4}', '\\frac{3}{4}\\pi'],
    ['1+\\sqrt{5}', '\\sqrt5+1'],
    ['\\sqrt{3+2\\sqrt{2}}', '1+\\sqrt{2}'],
    ['3', '\\log_2 8'],
    ['2', '\\log 100'],
    ['\\ln 8', '3\\ln 2'],
    ['1', '\\tan 45^\\circ'],
    ['\\frac{1}{2}', '\\sin\\frac{\\pi}{6}'],
    ['\\frac{\\pi}{4}', '\\arctan 1'],
    ['\\frac{\\pi}{6}', '\\sin^{-1}(0.5)'],
    ['-1', 'i^2'],
    ['3+4i', '4i+3'],
    ['5', '|3+4i|'],
    ['2', '\\lfloor 2.9 \\rfloor'],
    ['42', '52_8'],
  ],
  'expressions with variables': [
    ['(x+1)^2', 'x^2+2x+1'],
    ['x^2-1', '(x-1)(x+1)'],
    ['x^10', 'x^{10}'],
    ['6xy', '3y \\cdot 2x'],
    ['\\frac{x^2-1}{x-1}', 'x+1'],
    ['x^{-1}', '\\frac{1}{x}'],
    ['\\sqrt{x^2}', '|x|'],
    ['|x-1|', '|1-x|'],
    ['\\sin^2 x+\\cos^2 x', '1'],
    ['2\\sin x\\cos x', '\\sin 2x'],
    ['e^{x+1}', 'e \\cdot e^x'],
    ['\\frac{1}{x}-\\frac{1}{x+1}', '\\frac{1}{x(x+1)}'],
    ['-\\frac{2x}{(1+x^2)^2}', '\\frac{-2x}{x^4+2x^2+1}'],
    ['x_1+x_2', 'x_2+x_1'],
    ['\\lambda_{\\text{max}}/2', '\\frac{1}{2}\\lambda_{max}'],
    ["y''+y", "y+y''"],
    ['\\ddot{x}+x', 'x+\\ddot x'],
    ['\\frac{\\mathrm{r}}{2}', 'r/2'],
    ['\\frac{x^3}{3}+C', 'x^3/3 + C'],
    ['\\ln|x|+C', '\\ln(|x|)+C'],
    ['x\\ln x-x', 'x(\\ln(x)-1)'],
    ['\\cos(2\\theta)', '1-2\\sin^2\\theta'],
    ['(x+2)(x^2-2x+4)', 'x^3+8'],
  ],
  'equations and inequalities': [
    ['x=3', '3'],
    ['3', 'x = 3'],
    ['3', '3 = x'],
    ['y=2x+1', 'y = 1+2x'],
    ['y=2x+1', '2x-y+1=0'],
    ['5x-7y+11=0', '14y-10x-22=0'],
    ['f(x)=x^2+1', 'x^2+1'],
    ['\\frac{dy}{dx}=2x', '2x'],
    ["f'(x)=2x", '2x'],
    ['A=\\pi r^2=9\\pi', '9\\pi'],
    ['x\\le 3', '3\\geq x'],
    ['1<x<3', '3>x>1'],
    ['x\\ne 3', 'x != 3'],
    ['x=\\frac13', 'x=\\frac13\\approx 0.33'],
    ['[-2,7]', '-2\\le x\\le 7'],
    ['(-\\infty,3)', 'x<3'],
    ['[3,\\infty)', '3\\le x'],
    ['(-\\infty,-7)\\cup[3,\\infty)', 'x<-7 or x\\ge 3'],
    ['m\\angle ABC=40^\\circ', '40'],
  ],
  'points, intervals, sets and lists': [
    ['(1,2)', '(1, 2)'],
    ['(1,2)', '\\left( 1, 2 \\right)'],
    ['\\left(\\frac{1}{2},3\\right)', '(0.5,3)'],
    ['(3,\\frac{\\pi}{2})', '\\left(3,\\frac{1}{2}\\pi\\right)'],
    ['(x,y)=(1,2)', '(1,2)'],
    ['[0,1)', '[0, 1)'],
    ['(-\\infty,3)\\cup(5,\\infty)', '(5,\\infty) \\cup (-\\infty,3)'],
    ['x\\in[-2,7]', '[-2,7]'],
    ['(-\\infty,2]', '(-∞, 2]'],
    ['\\{1,2,3\\}', '\\{3,2,1\\}'],
    ['\\{1,3\\}', '{1,3}'],
    ['1,2,3', '3, 1, 2'],
    ['1,-2', 'x=1, x=-2'],
    ['1,-2', '1 \\text{ and } -2'],
    ['1,-2', 'x = 1 or x = -2'],
    ['\\pm 3', '3,-3'],
    ['1\\pm\\sqrt{2}', '1-\\sqrt2, 1+\\sqrt2'],
    ['x=\\pm 3', '\\{-3,3\\}'],
    ['\\frac{1\\pm\\sqrt{5}}{2}', '\\frac{1+\\sqrt5}{2},\\frac{1-\\sqrt5}{2}'],
    ['\\{3\\}', '3'],
    ['\\emptyset', '\\{\\}'],
    ['100,200', '200, 100'],
    ['\\begin{pmatrix} 1 \\\\ -2 \\end{pmatrix}', '\\begin{bmatrix}1\\\\-2\\end{bmatrix}'],
    ['\\begin{pmatrix} 1 & 2 \\\\ 0 & \\frac12 \\end{pmatrix}', '\\begin{pmatrix}1&2\\\\0&0.5\\end{pmatrix}'],
    ['\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}', '(1,2)'],
    ['\\begin{pmatrix} 1 & 2 \\end{pmatrix}', '\\left[\\begin{array}{rr} 1 & 2 \\end{array}\\right]'],
    ['\\infty', '+\\infty'],
  ],
  'words and choices': [
    ['\\text{east}', 'East'],
    ['\\text{(A)}', 'A'],
    ['\\textbf{(B)}', '(B)'],
    ['(C)', '\\text{C}'],
    ['\\text{Evelyn}', 'Evelyn'],
    ['yes', 'Yes.'],
    ['\\text{odd}', '\\mathrm{odd}'],
    ['\\text{no solution}', 'no solution'],
    ['Tuesday', '**Tuesday**'],
  ],
};

const DIFFERENT: Table = {
  numbers: [
    ['42', '43'],
    ['42', '-42'],
    ['1000', '1.000'],
    ['2^{100}', '2^{100}+1'],
    ['123456789012345678901', '123456789012345678902'],
    ['\\frac{1}{3}', '0.333'],
    ['\\frac{1}{3}', '0.33333333'],
    ['\\frac12', '\\frac21'],
    ['3\\frac{1}{2}', '\\frac{3}{2}'],
    ['\\pi', '3.14'],
    ['\\pi', '\\frac{22}{7}'],
    ['\\sqrt{2}', '1.414'],
    ['\\sqrt{8}', '2\\sqrt{3}'],
    ['50\\%', '5'],
    ['50\\%', '50.5'],
    ['90^\\circ', '\\pi'],
    ['52_8', '52'],
    ['-2^2', '4'],
    ['10^{-300}', '2 \\cdot 10^{-300}'],
    ['3+4i', '3-4i'],
    ['12\\text{ cm}', '21\\text{ cm}'],
  ],
  expressions: [
    ['(x+1)^2', 'x^2+1'],
    ['x^2-1', '(x-1)^2'],
    ['x', 'y'],
    ['xy', 'x+y'],
    ['\\sqrt{x^2}', 'x'],
    ['\\ln|x|', '\\ln x'],
    ['\\frac{x^2}{2}+C', '\\frac{x^2}{2}'],
    ['e^{2x}', '2e^x'],
    ['\\sin 2x', '2\\sin x'],
    ['x_1', 'x_2'],
    ['f(0)e^x', '0'],
    ["y'", 'y'],
    ['x^{100}', 'x^{101}'],
    ['X', 'x'],
    ['n^2+n+41', 'n^2+n+41.0000001'],
  ],
  'equations and inequalities': [
    ['x=3', 'x=4'],
    ['x=3', '4'],
    ['y=2x+1', 'y=2x-1'],
    ['x<3', 'x>3'],
    ['x<3', 'x\\le 3'],
    ['y=x', 'y=x^2'],
    ['y=2x+1', '2x+1=0'],
    ['7=11a+c', '11a+c'],
    ['[-2,7]', '-2\\le x<7'],
    ['(-\\infty,3)', 'x>3'],
    ['(1,3)', 'x>1, y<3'],
  ],
  'points, intervals, sets and lists': [
    ['(1,2)', '(2,1)'],
    ['(1,2)', '(1,2,3)'],
    ['(1,2)', '[1,2]'],
    ['[0,1)', '[0,1]'],
    ['(-\\infty,3)', '(-\\infty,4)'],
    ['(-\\infty,3)', '(\\infty,3)'],
    ['(-\\infty,3)\\cup(5,\\infty)', '(-\\infty,3)'],
    ['\\{1,2\\}', '\\{1,2,3\\}'],
    ['1,2,2', '1,1,2'],
    ['1,-2', '1'],
    ['\\pm 3', '3'],
    ['\\emptyset', '\\{0\\}'],
    ['\\begin{pmatrix}1\\\\2\\end{pmatrix}', '\\begin{pmatrix}2\\\\1\\end{pmatrix}'],
    ['\\begin{pmatrix}1&2\\end{pmatrix}', '\\begin{pmatrix}1\\\\2\\end{pmatrix}'],
    ['\\infty', '-\\infty'],
    ['100,200', '100300'],
  ],
  words: [
    ['\\text{east}', '\\text{west}'],
    ['\\text{(A)}', '\\text{(B)}'],
    ['A', 'B'],
    ['\\text{Evelyn}', '\\text{Carla}'],
    ['yes', 'no'],
  ],
};

const NOT_COMPARABLE: readonly (readonly [string, string, RegExp])[] = [
  ['3', '9^{9^9}', /^The given answer holds a number that is too large to compare\.$/],
  ['3', '9^9^9', /too large/],
  ['3', '10^{10^{10^{10}}}', /too large/],
  ['3', '(((10!)!)!)!', /too large/],
  ['3', '2^{-99999999}', /too small/],
  ['x^{1000000}', 'x^{2000000}', /too (large|small)/],
  ['3', '\\frac{1}{0}', /divides by zero/],
  ['0', '\\ln 0', /has no value/],
  ['3', '', /is empty/],
  ['3', '\\frac{1}{', /breaks off/],
  ['3', '\\int_0^1 x', /holds "\\int"/],
  ['3', '1'.repeat(2000), /longer than 1000 characters/],
  ['3', `${'('.repeat(100)}3${')'.repeat(100)}`, /nested too deeply/],
  ['3', `${'2^{'.repeat(100)}2${'}'.repeat(100)}`, /nested too deeply/],
  ['3', `3${'+1'.repeat(400)}`, /too long/],
  ['3', Array.from({ length: 100 }, (_, i) => i).join(', '), /too many values/],
  ['3', '\\text{I do not know}', /^The given answer /],
];

const rowsOf = (table: Table) => Object.entries(table).map(([about, pairs]) => ({ about, pairs }));
const countOf = (table: Table) => Object.values(table).flat().length;

describe('compare', () => {
  it('is held to at least 120 pairs', () => {
    expect(countOf(EQUAL) + countOf(DIFFERENT) + NOT_COMPARABLE.length).toBeGreaterThanOrEqual(120);
  });

  it.each(rowsOf(EQUAL))('finds equal $about equal, both ways', ({ pairs }) => {
    const missed = pairs.flatMap(([a, b]) =>
      [compare(a, b), compare(b, a)]
        .filter(({ result }) => result !== 'equal')
        .map(({ result, reason }) => `${a} | ${b}: ${result}: ${reason}`),
    );
    expect(missed).toEqual([]);
  });

  it.each(rowsOf(DIFFERENT))('tells different $about apart, both ways', ({ pairs }) => {
    const missed = pairs.flatMap(([a, b]) =>
      [compare(a, b), compare(b, a)]
        .filter(({ result }) => result !== 'different')
        .map(({ result, reason }) => `${a} | ${b}: ${result}: ${reason}`),
    );
    expect(missed).toEqual([]);
  });

  it.each(NOT_COMPARABLE)('says why %s and %s are not comparable', (right, given, reason) => {
    const found = compare(right, given);
    expect(found.result).toBe('not comparable');
    expect(found.reason).toMatch(reason);
    expect(compare(given, right).result).toBe('not comparable');
  });

  it('answers any two texts, the same way every time, and never calls a text unequal to itself', () => {
    const piece = fc.constantFrom(
      ...[
        '\\frac',
        '{',
        '}',
        '(',
        ')',
        '[',
        ']',
        '|',
        '^',
        '_',
        ',',
        '=',
        '<',
        '\\pm',
        '\\cup',
        '\\sqrt',
        '\\text{',
        '%',
        '!',
      ],
      ...[
        '1',
        '23',
        '0.5',
        'x',
        'e',
        '\\pi',
        '\\infty',
        '\\sin',
        '+',
        '-',
        '*',
        '/',
        ' ',
        '$',
        '\\\\',
        '&',
        '\\begin{pmatrix}',
      ],
      ...['9^{9^9}', '\\left', 'hello', '.', '__proto__', 'constructor'],
    );
    const answer = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(answer, answer, (a, b) => {
        const found = compare(a, b);
        expect(compare(a, b)).toEqual(found);
        expect(found.reason).toMatch(/^\S.*\.$/su);
        if (a.trim() !== '') expect(compare(a, a).result).toBe('equal');
      }),
      { numRuns: 300 },
    );
  });
});
