// Countdown in steps. `3 5 7>22.` asks for 22 from 3, 5 and 7, each used once; `3*5=15;15+7=22.` answers.
//
// A step joins two of the numbers at hand into one. Which two, in which order and by what operator forks; the result is
// knowledge. Results are whole numbers >= 0, so the numbers and operators before an operand decide which may follow.

import { endOfNumber, STOP, unexpected, verdict } from './reading.ts';
import { recipe } from './recipe.ts';
import { forced, randomWalk, rolesAlong, type Step } from './steps.ts';
import type { Outcome, RandomSource, Task } from './task.ts';

export interface CountdownProblem {
  /** As the prompt lists them. */
  readonly numbers: readonly number[];
  readonly target: number;
}

const OPERATORS = ['+', '-', '*', '/'] as const;
type Operator = (typeof OPERATORS)[number];

/** Numbers of a problem, by difficulty. */
const COUNTS: Readonly<Record<string, number>> = { 'three-numbers': 3, 'four-numbers': 4 };
const LARGEST_NUMBER = 9;
const LARGEST_TARGET = 99;
/** Largest number and target that a prompt may name. */
const LARGEST_READ = 9999;

/** a op b where that is a whole number >= 0, else null. */
function resultOf(a: number, operator: Operator, b: number): number | null {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a >= b ? a - b : null;
    case '*':
      return a * b;
    case '/':
      return b !== 0 && a % b === 0 ? a / b : null;
  }
}

/** What is at hand after numbers `i` and `j` gave `result`. */
function joined(numbers: readonly number[], i: number, j: number, result: number): readonly number[] {
  return [...numbers.filter((_, k) => k !== i && k !== j), result];
}

/** Every legal step from the numbers at hand (at least two): both orders of every pair, every operator. */
function stepsFrom(numbers: readonly number[]): readonly Step<readonly number[]>[] {
  const steps: Step<readonly number[]>[] = [];
  const last = numbers.length === 2;
  for (const [i, a] of numbers.entries())
    for (const [j, b] of numbers.entries())
      for (const operator of i === j ? [] : OPERATORS) {
        const result = resultOf(a, operator, b);
        if (result === null) continue;
        const text = `${a}${operator}${b}=${result}${last ? STOP : ';'}`;
        const roles = forced([...text].map((char) => (char === '=' || char === ';' || char === STOP ? 'f' : 'k')));
        steps.push({ text, forced: roles, next: joined(numbers, i, j, result), last });
      }
  return steps;
}

/** Whether some way of joining all the numbers gives the target. */
function reaches(numbers: readonly number[], target: number): boolean {
  if (numbers.length === 1) return numbers[0] === target;
  for (const [i, a] of numbers.entries())
    for (const [j, b] of numbers.entries())
      for (const operator of i === j ? [] : OPERATORS) {
        const result = resultOf(a, operator, b);
        if (result !== null && reaches(joined(numbers, i, j, result), target)) return true;
      }
  return false;
}

/** One step as it is written, true or not; numbers of any length, so they are big integers. */
interface WrittenStep {
  readonly a: bigint;
  readonly operator: Operator;
  readonly b: bigint;
  readonly result: bigint;
  readonly last: boolean;
  /** Index after the step. */
  readonly end: number;
}

function readStep(text: string, begin: number): WrittenStep | 'unfinished' | 'format' {
  const endA = endOfNumber(text, begin);
  if (endA === begin) return unexpected(text, begin);
  const operator = OPERATORS.find((candidate) => candidate === text[endA]);
  if (operator === undefined) return unexpected(text, endA);

  const beginB = endA + 1;
  const endB = endOfNumber(text, beginB);
  if (endB === beginB) return unexpected(text, beginB);
  if (text[endB] !== '=') return unexpected(text, endB);

  const beginResult = endB + 1;
  const endResult = endOfNumber(text, beginResult);
  if (endResult === beginResult) return unexpected(text, beginResult);
  const closing = text[endResult];
  if (closing !== ';' && closing !== STOP) return unexpected(text, endResult);

  return {
    a: BigInt(text.slice(begin, endA)),
    operator,
    b: BigInt(text.slice(beginB, endB)),
    result: BigInt(text.slice(beginResult, endResult)),
    last: closing === STOP,
    end: endResult + 1,
  };
}

function isTrue({ a, operator, b, result }: WrittenStep): boolean {
  switch (operator) {
    case '+':
      return a + b === result;
    case '-':
      return a - b === result;
    case '*':
      return a * b === result;
    case '/':
      return b !== 0n && result * b === a;
  }
}

/** Takes one `number` out of `atHand`; false when it is not there. */
function take(atHand: bigint[], number: bigint): boolean {
  const index = atHand.indexOf(number);
  if (index >= 0) atHand.splice(index, 1);
  return index >= 0;
}

/** Steps in the order they stand; the first that is at fault names the outcome. */
function outcomeOf({ numbers, target }: CountdownProblem, completion: string): Outcome {
  const atHand = numbers.map(BigInt);
  let at = 0;
  for (;;) {
    const step = readStep(completion, at);
    if (step === 'unfinished' || step === 'format') return step;
    if (!isTrue(step)) return 'wrong arithmetic';
    if (!take(atHand, step.a) || !take(atHand, step.b)) return 'illegal';
    atHand.push(step.result);
    at = step.end;
    if (!step.last) continue;
    if (at < completion.length) return 'format';
    // Every number must be used.
    if (atHand.length > 1) return 'illegal';
    return step.result === BigInt(target) ? 'ok' : 'wrong answer';
  }
}

function parse(prompt: string): CountdownProblem | null {
  const numbers: number[] = [];
  let at = 0;
  for (;;) {
    const end = endOfNumber(prompt, at);
    const value = Number(prompt.slice(at, end));
    if (end === at || value > LARGEST_READ) return null;
    numbers.push(value);
    at = end + 1;
    if (prompt[end] === '>') break;
    if (prompt[end] !== ' ') return null;
  }
  const end = endOfNumber(prompt, at);
  const target = Number(prompt.slice(at, end));
  if (end === at || target > LARGEST_READ || prompt.slice(end) !== '.') return null;
  return numbers.length === 3 || numbers.length === 4 ? { numbers, target } : null;
}

/** Random numbers, and what a random legal way of joining them gives: solvable because that way solves it. */
function generate(difficulty: string, random: RandomSource): CountdownProblem {
  const count = COUNTS[difficulty];
  if (count === undefined) throw new RangeError(`Countdown has no difficulty '${difficulty}'.`);
  for (;;) {
    const numbers = Array.from({ length: count }, () => 1 + random.below(LARGEST_NUMBER));
    const target = randomWalk(numbers, stepsFrom, () => true, random).end[0]!;
    if (target >= 1 && target <= LARGEST_TARGET) return { numbers, target };
  }
}

export const countdown: Task<CountdownProblem> = {
  name: 'countdown',
  title: 'Countdown',
  domain: 'arithmetic',
  summary:
    'Reach a target from all the given numbers, each used once; operands and operators fork, results are knowledge.',
  citation:
    'After the Countdown task of "Stream of Search (SoS): Learning to Search in Language", arXiv 2404.03683; ours in steps',
  alphabet: `0123456789+-*/=; >${STOP}`,
  stop: STOP,
  difficulties: {
    'three-numbers': 'Three numbers from 1 to 9, a target from 1 to 99.',
    'four-numbers': 'Four numbers from 1 to 9, a target from 1 to 99.',
  },
  worked: { prompt: '3 5 7>22.', completion: `3*5=15;15+7=22.` },
  recipe: recipe({
    difficulty: 'three-numbers',
    solvingShare: 0.3,
    steps: 3000,
    initialDeviation: 0.02,
    learningRate: 2e-3,
  }),
  // 9*9=81;81*9=729;729*9=6561.
  maxCompletion: 27,

  generate,
  promptOf: ({ numbers, target }) => `${numbers.join(' ')}>${target}.`,
  parse,
  verify: (problem, completion) => verdict(outcomeOf(problem, completion)),
  trace: (problem, solve, random) => {
    const mayEnter = (next: readonly number[]) => !solve || reaches(next, problem.target);
    const { completion, roles, end } = randomWalk(problem.numbers, stepsFrom, mayEnter, random);
    return { completion, roles, solves: end[0] === problem.target };
  },
  roles: (problem, completion) => rolesAlong(problem.numbers, stepsFrom, completion),
};
