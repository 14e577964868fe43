import { describe, expect } from 'vitest';
import { CALCULUS } from './calculus.ts';
import { checkAnswers, integral, SOME_POINTS, slope, total, valueOfAnswer, wholes } from './written.testing.ts';

/** f'(x), numerically. */
const derivative = (f: (x: number) => number) => ({ curve: (x: number) => slope(f, x) });

/** The largest value of f on a fine grid from a to b. */
const largest = (f: (x: number) => number, a: number, b: number) =>
  Math.max(...wholes(0, 100_000).map((i) => f(a + ((b - a) * i) / 100_000)));

describe('the answers of calculus', () => {
  checkAnswers(CALCULUS, {
    'calculus-1': () => derivative((x) => x ** 3 - 5 * x + 4),
    'calculus-2': () => slope((x) => x * x - 4 * x, 5),
    'calculus-3': () => {
      const f = (x: number) => (x * x - 9) / (x - 3);
      return (f(3 + 1e-4) + f(3 - 1e-4)) / 2;
    },
    'calculus-4': () => integral((x) => 3 * x * x, 0, 2),
    'calculus-5': () => derivative((x) => x * x * Math.log(x)),
    'calculus-6': () => derivative((x) => x / (x * x + 1)),
    'calculus-7': () => Math.sin(5e-5) / 2e-5,
    'calculus-8': () => integral((x) => 1 / Math.sqrt(x), 1, 4),
    'calculus-9': () => largest((x) => 12 * x - x ** 3, 0, 3),
    'calculus-10': () => largest((x) => x * (12 - 2 * x) ** 2, 0, 6),
    'calculus-11': () => integral((x) => x * Math.exp(x), 0, 1),
    // Where the line lies above the parabola.
    'calculus-12': () => integral((x) => Math.max(0, x + 2 - x * x), -3, 4, 70_000),
    'calculus-13': () => derivative((x) => Math.exp(2 * x) * Math.cos(3 * x)),
    // The upper solution of y^2 + xy + (x^2 - 7) = 0, which goes through (1, 2).
    'calculus-14': () => slope((x) => (-x + Math.sqrt(x * x - 4 * (x * x - 7))) / 2, 1),
    // Extrapolated to an infinite n from two finite ones.
    'calculus-15': () => {
      const f = (n: number) => (1 + 3 / n) ** n;
      const g = (n: number) => 2 * f(2 * n) - f(n);
      return (4 * g(20_000) - g(10_000)) / 3;
    },
    'calculus-16': () => integral((x) => Math.PI * Math.sqrt(x) ** 2, 0, 4),
    'calculus-17': () => total(wholes(1, 100).map((n) => n / 3 ** n)),
    'calculus-18': () => integral((x) => x * x * Math.exp(-2 * x), 0, 40),
    // By Cauchy's formula on the unit circle; the trapezoidal rule is exact to rounding there.
    'calculus-19': () => {
      const points = 64;
      const terms = wholes(0, points - 1).map((k) => {
        const angle = (2 * Math.PI * k) / points;
        const [x, y] = [Math.cos(angle), Math.sin(angle)];
        // e^z cos z is half of e^{(1+i)z} + e^{(1-i)z}.
        const real = (re: number, im: number) => Math.exp(re) * Math.cos(im - 4 * angle);
        return (real(x - y, x + y) + real(x + y, y - x)) / 2;
      });
      return total(terms) / points;
    },
    'calculus-20': () => (answer) => {
      expect(valueOfAnswer(answer, { x: 0 })).toBeCloseTo(3, 9);
      for (const x of SOME_POINTS) {
        const y = (at: number) => Math.log(valueOfAnswer(answer, { x: at }));
        // (ln y)' = y'/y = 2x
        expect(slope(y, x)).toBeCloseTo(2 * x, 6);
      }
    },
    // The ratio of neighbouring coefficients, for a large n.
    'calculus-21': () => {
      const ratio = (n: number) => ((2 * n + 2) * (2 * n + 1)) / ((n + 1) * (n + 1));
      return 2 * ratio(2e5) - ratio(1e5);
    },
    'calculus-22': () => integral((x) => integral((y) => x * y, 0, x, 50), 0, 1, 400),
    'calculus-23': () => (answer) => {
      for (const x of SOME_POINTS)
        for (const y of SOME_POINTS)
          expect(valueOfAnswer(answer, { x, y })).toBeCloseTo(
            slope((at) => at * at * y + Math.sin(at * y), x),
            6,
          );
    },
  });
});
