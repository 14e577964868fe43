// Calculus, from slopes to series and differential equations.

import { writtenSet } from './writtenSet.ts';

const raw = String.raw;

export const CALCULUS = writtenSet('calculus', [
  [2, raw`Find the derivative of $f(x) = x^3 - 5x + 4$.`, '3x^2-5'],
  [2, raw`How steep is the curve $y = x^2 - 4x$ at $x = 5$? Give the slope of its tangent there.`, '6'],
  [2, raw`Find $\lim_{x \to 3} \frac{x^2 - 9}{x - 3}$.`, '6'],
  [2, raw`Compute $\int_0^2 3x^2 \, dx$.`, '8'],
  [3, raw`Find the derivative of $f(x) = x^2 \ln x$ for $x > 0$.`, raw`2x\ln x+x`],
  [3, raw`Find the derivative of $f(x) = \frac{x}{x^2 + 1}$.`, raw`\frac{1-x^2}{(x^2+1)^2}`],
  [3, raw`Find $\lim_{x \to 0} \frac{\sin 5x}{2x}$.`, raw`\frac{5}{2}`],
  [3, raw`Compute $\int_1^4 \frac{1}{\sqrt{x}} \, dx$.`, '2'],
  [3, raw`What is the greatest value of $f(x) = 12x - x^3$ for $0 \le x \le 3$?`, '16'],
  [
    3,
    'From each corner of a square sheet with sides of 12 cm a square is cut, and the rest is folded up into an open box. What is the largest possible volume of the box, in cubic centimetres?',
    '128',
  ],
  [4, raw`Compute $\int_0^1 x e^x \, dx$.`, '1'],
  [4, raw`What is the area of the region between the curves $y = x^2$ and $y = x + 2$?`, raw`\frac{9}{2}`],
  [4, raw`Find the derivative of $f(x) = e^{2x} \cos 3x$.`, raw`e^{2x}(2\cos 3x-3\sin 3x)`],
  [4, raw`What is the slope of the curve $x^2 + xy + y^2 = 7$ at the point $(1, 2)$?`, raw`-\frac{4}{5}`],
  [4, raw`Find $\lim_{n \to \infty} \left(1 + \frac{3}{n}\right)^n$.`, 'e^3'],
  [
    4,
    raw`The part of the curve $y = \sqrt{x}$ between $x = 0$ and $x = 4$ turns around the $x$-axis. What is the volume of the body, with $\pi$?`,
    raw`8\pi`,
  ],
  [5, raw`What is the value of the series $\sum_{n=1}^{\infty} \frac{n}{3^n}$?`, raw`\frac{3}{4}`],
  [5, raw`Compute $\int_0^\infty x^2 e^{-2x} \, dx$.`, raw`\frac{1}{4}`],
  [5, raw`What is the coefficient of $x^4$ in the power series of $e^x \cos x$ around 0?`, raw`-\frac{1}{6}`],
  [5, raw`The function $y(x)$ satisfies $y' = 2xy$ and $y(0) = 3$. Find $y(x)$.`, 'y=3e^{x^2}'],
  [5, raw`What is the radius of convergence of the power series $\sum_{n=0}^{\infty} \frac{(n!)^2}{(2n)!} x^n$?`, '4'],
  [5, raw`Compute $\int_0^1 \int_0^x xy \, dy \, dx$.`, raw`\frac{1}{8}`],
  [5, raw`Find the partial derivative with respect to $x$ of $f(x, y) = x^2 y + \sin(xy)$.`, raw`2xy+y\cos(xy)`],
]);
