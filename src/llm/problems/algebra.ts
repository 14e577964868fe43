// Algebra, from equations in one unknown to eigenvalues.

import { writtenSet } from './writtenSet.ts';

const raw = String.raw;

export const ALGEBRA = writtenSet('algebra', [
  [1, raw`Solve $3x - 7 = 20$ for $x$.`, '9'],
  [1, 'I think of a number, double it, add 9, and get 41. Which number did I think of?', '16'],
  [2, raw`Solve $\frac{x}{4} + \frac{x}{6} = 10$ for $x$.`, '24'],
  [2, raw`Solve $2x + 3y = 13$ and $x - y = -1$. Give the solution as a point $(x, y)$.`, '(2,3)'],
  [2, raw`Multiply out $(2x - 3)(x + 5)$.`, '2x^2+7x-15'],
  [2, raw`Find all solutions of $x^2 - x - 42 = 0$, separated by commas.`, '7,-6'],
  [3, raw`For which real $x$ is $5 - 2x < 11$? Answer with an interval.`, raw`(-3,\infty)`],
  [3, raw`A line goes through $(-2, 5)$ and $(4, -7)$. Give its equation in the form $y = mx + b$.`, 'y=-2x+1'],
  [3, raw`At which point $(x, y)$ does the parabola $y = 2x^2 - 12x + 11$ have its vertex?`, '(3,-7)'],
  [3, raw`Simplify $\frac{x^2 - 9}{x^2 + 5x + 6}$.`, raw`\frac{x-3}{x+2}`],
  [3, raw`Solve $2^{x+1} = 8^{x-3}$ for $x$.`, '5'],
  [4, raw`What is the sum of the squares of the two roots of $2x^2 - 6x + 1 = 0$?`, '8'],
  [4, raw`Find all real solutions of $\sqrt{2x + 7} = x + 2$.`, '1'],
  [4, raw`For which real $x$ is $|2x - 5| \le 7$? Answer with an interval.`, '[-1,6]'],
  [4, raw`Evaluate $\log_3 54 - \log_3 2$.`, '3'],
  [4, raw`What is the remainder when the polynomial $x^{50} + 3x - 2$ is divided by $x + 1$?`, '-4'],
  [4, raw`Let $f(x) = \frac{2x + 1}{x - 3}$. Find $f^{-1}(x)$.`, raw`\frac{3x+1}{x-2}`],
  [
    5,
    raw`What is the sum of the infinite series $12 - 8 + \frac{16}{3} - \frac{32}{9} + \cdots$, in which each term is $-\frac{2}{3}$ of the one before?`,
    raw`\frac{36}{5}`,
  ],
  [5, raw`Write $(2 + i)^4$ in the form $a + bi$.`, '-7+24i'],
  [5, raw`Compute the determinant of $\begin{pmatrix} 2 & -1 & 0 \\ 1 & 3 & 4 \\ 0 & 5 & -2 \end{pmatrix}$.`, '-54'],
  [5, raw`Find the eigenvalues of $\begin{pmatrix} 4 & 1 \\ 2 & 3 \end{pmatrix}$, separated by commas.`, '5,2'],
  [
    5,
    raw`On which real numbers is $\frac{\sqrt{x - 1}}{x^2 - 9}$ defined? Answer with a union of intervals.`,
    raw`[1,3)\cup(3,\infty)`,
  ],
]);
