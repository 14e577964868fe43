// Arithmetic, from sums in a shop to remainders of huge powers.

import { writtenSet } from './writtenSet.ts';

const raw = String.raw;

export const ARITHMETIC = writtenSet('arithmetic', [
  [
    1,
    'A bakery packs 12 rolls into each bag. It fills 37 bags and 5 rolls are left over. How many rolls did it bake?',
    '449',
  ],
  [1, 'Nora is on page 478 of a book that has 1003 pages. How many pages are still ahead of her?', '525'],
  [1, raw`Evaluate $18 - 6 \times 2 + 10 \div 5$.`, '8'],
  [
    2,
    'When a rain barrel is three quarters full it holds 54 litres. How many litres does it hold when it is full?',
    '72',
  ],
  [2, raw`Write $\frac{2}{3} + \frac{1}{4} - \frac{1}{6}$ as a fraction in lowest terms.`, raw`\frac{3}{4}`],
  [
    2,
    'A coat costs 80 dollars. Its price is raised by 25 percent, and the new price is then lowered by 25 percent. What does the coat cost now, in dollars?',
    '75',
  ],
  [
    2,
    'A train leaves at 9:40 in the morning and arrives at 1:15 in the afternoon of the same day. How many minutes does it travel?',
    '215',
  ],
  [2, 'What is the greatest whole number that divides both 504 and 540?', '36'],
  [3, 'What is the smallest positive whole number that 12, 15, 20 and 28 all divide?', '420'],
  [
    3,
    'One pump fills a basin in 6 hours, another fills it in 4 hours. How many hours do both need together? Answer with a fraction.',
    raw`\frac{12}{5}`,
  ],
  [3, 'How many positive whole numbers divide 720?', '30'],
  [3, raw`Write the repeating decimal $0.2\overline{36}$ as a fraction in lowest terms.`, raw`\frac{13}{55}`],
  [3, 'Add up all whole numbers from 1 to 200 that are multiples of 3 or of 5. What is the sum?', '9368'],
  [4, raw`What is the remainder when $7^{2026}$ is divided by 13?`, '4'],
  [4, raw`With how many zeros does $125!$ end?`, '31'],
  [4, raw`How many digits does $2^{100}$ have in the decimal system?`, '31'],
  [
    4,
    'Eggs are counted into rows. In rows of 8 there are 3 over, in rows of 9 there are 4 over, and in rows of 11 there are 5 over. What is the smallest possible number of eggs?',
    '643',
  ],
  [5, raw`What is the remainder when $3^{999}$ is divided by 100?`, '67'],
  [5, 'How many of the whole numbers from 1 to 1000 have no common divisor with 30 except 1?', '266'],
  [
    5,
    raw`Find the whole number $x$ with $1 \le x \le 100$ for which $37x$ leaves the remainder 1 when it is divided by 101.`,
    '71',
  ],
]);
