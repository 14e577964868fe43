// Addition with a scratchpad: the single-answer control.
//
//   347+185>7+5+0=12;4+8+1=13;3+1+1=05;532.      from the right: two digits and the carry give carry and digit; the sum
//
// Every character is forced, so no token forks and heat can only do harm: multi-temperature should not help here.
// After Nye et al., "Show Your Work: Scratchpads for Intermediate Computation with Language Models", arXiv 2112.00114.

import { recipe } from './recipe.ts';
import { type Fault, isDigit, type Reader, stepwise } from './stepwise.ts';
import type { RandomSource, Task } from './task.ts';

export interface Addition {
  /** Digits of both numbers, the same count, no zero in front. */
  readonly first: string;
  readonly second: string;
}

/** Where a completion stands: how much of the only right one is written. */
interface Written {
  readonly right: string;
  readonly count: number;
}

/**
 * Not fewer than five, because there is but one answer: a policy that gets each of some thirty digits right 98 times in a
 * hundred, as a base should, still fails nearly half of these sums, and hardly a third of those with three digits.
 */
const DIGITS: Readonly<Record<string, number>> = { 'five-digits': 5, 'six-digits': 6 };
const MOST_DIGITS = 6;
/** Characters of a column, its semicolon included: `7+5+0=12;`. */
const COLUMN_CHARACTERS = 9;

/** The only right completion. */
function solution({ first, second }: Addition): string {
  let carry = 0;
  let columns = '';
  for (let place = first.length - 1; place >= 0; place--) {
    const sum = Number(first[place]) + Number(second[place]) + carry;
    columns += `${first[place]}+${second[place]}+${carry}=${String(sum).padStart(2, '0')};`;
    carry = sum >= 10 ? 1 : 0;
  }
  return `${columns}${Number(first) + Number(second)}.`;
}

function read(problem: Addition, { right, count }: Written, character: string): Written | Fault {
  if (character === right[count]) return { right, count: count + 1 };
  const sumStart = COLUMN_CHARACTERS * problem.first.length;
  if (count >= sumStart)
    // A sum with another digit, or of another length, is not what the columns say.
    return isDigit(character) || (character === '.' && count > sumStart) ? 'wrong arithmetic' : 'format';
  if (!isDigit(character) || !isDigit(right[count]!)) return 'format';
  // The first two digits of a column are copied from the prompt; carries and results are worked out.
  return count % COLUMN_CHARACTERS <= 2 ? 'illegal' : 'wrong arithmetic';
}

const reader: Reader<Addition, Written> = {
  alphabet: '0123456789+>=;.',
  stop: '.',
  start: (problem) => ({ right: solution(problem), count: 0 }),
  read,
  forced: (_, character) => (isDigit(character) ? 'knowledge' : 'format'),
  solves: () => true,
  promising: () => true,
};

function generate(difficulty: string, random: RandomSource): Addition {
  const digits = DIGITS[difficulty];
  if (digits === undefined)
    throw new RangeError(`Addition has the difficulties ${Object.keys(DIGITS).join(', ')}, not ${difficulty}.`);
  const least = 10 ** (digits - 1);
  const number = () => String(least + random.below(9 * least));
  return { first: number(), second: number() };
}

function parse(prompt: string): Addition | null {
  const match = /^([1-9]\d*)\+([1-9]\d*)>$/.exec(prompt);
  if (!match) return null;
  const [, first, second] = match;
  return first!.length === second!.length && first!.length <= MOST_DIGITS ? { first: first!, second: second! } : null;
}

/** Arithmetic: a sum with its carries written out. */
export const addition: Task<Addition> = {
  name: 'addition',
  title: 'Scratchpad addition',
  domain: 'arithmetic',
  summary:
    'Add two numbers digit by digit with the carry: one answer only, every digit is knowledge and nothing forks.',
  citation: 'after Nye et al. 2021, arXiv 2112.00114',
  difficulties: {
    'five-digits': 'Two numbers of five digits.',
    'six-digits': 'Two numbers of six digits.',
  },
  worked: { prompt: '347+185>', completion: '7+5+0=12;4+8+1=13;3+1+1=05;532.' },
  recipe: recipe({
    difficulty: 'five-digits',
    solvingShare: 1,
    steps: 430,
    batch: 32,
    remark:
      'There is one right completion and no fork: this is the control. A sum has some thirty digits, all of them knowledge, ' +
      'so pass@1 is about the thirtieth power of the share of digits that are right: at 98 % it is about 50 %. ' +
      'Training is stopped early, where the two come nearest to their bounds together.',
  }),
  // Six columns, a sum of seven digits and the stop.
  maxCompletion: MOST_DIGITS * COLUMN_CHARACTERS + 8,
  generate,
  promptOf: ({ first, second }) => `${first}+${second}>`,
  parse,
  ...stepwise(reader),
};
