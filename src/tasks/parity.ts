// Parity with a short or a long answer. `1011>` asks whether the number of ones is odd (1) or even (0).
//
//   =1.         short: a guess at once; nothing in the text shows where it comes from
//   :1101=1.    long: the parity of every prefix first, then the last one again
//
// The first character forks, and so does a guess; prefix parities, and the answer that they lead to, are knowledge.
// Reward makes long answers more likely, so that responses grow.

import { STOP, unexpected, verdict } from './reading.ts';
import { recipe } from './recipe.ts';
import { forced, legalRoles, rolesAlong, type Step } from './steps.ts';
import type { Outcome, RandomSource, Task } from './task.ts';

export interface ParityProblem {
  /** '0' and '1', as the prompt lists them. */
  readonly bits: string;
}

const BITS: Readonly<Record<string, number>> = { 'sixteen-bits': 16, 'twenty-four-bits': 24, 'thirty-two-bits': 32 };
const MOST_BITS = 32;
/** One random trace in so many is long: rare, as in the paper, so that there is something for reward to find. */
const TRACES_PER_LONG_ONE = 16;

/** Parities of all prefixes that are not empty. */
function prefixParities(bits: string): string {
  let parity = 0;
  return [...bits].map((bit) => (parity ^= Number(bit))).join('');
}

function parityOf({ bits }: ParityProblem): string {
  return prefixParities(bits).at(-1)!;
}

function longAnswer(problem: ParityProblem): string {
  return `:${prefixParities(problem.bits)}=${parityOf(problem)}${STOP}`;
}

function shortAnswer(parity: string): string {
  return `=${parity}${STOP}`;
}

/** There are three legal completions, and each is one step. */
function stepsFrom(problem: ParityProblem): readonly Step<ParityProblem>[] {
  const answer = longAnswer(problem);
  return [shortAnswer('0'), shortAnswer('1'), answer].map((text) => ({
    text,
    forced: forced([...text].map((char) => (char === '0' || char === '1' ? 'k' : 'f'))),
    next: problem,
    last: true,
  }));
}

function isBit(char: string | undefined): boolean {
  return char === '0' || char === '1';
}

/** Characters in the order they stand; the first that is at fault names the outcome. */
function outcomeOf(problem: ParityProblem, completion: string): Outcome {
  const isLong = completion[0] === ':';
  let at = 0;
  if (isLong) {
    const parities = prefixParities(problem.bits);
    at = 1;
    for (; isBit(completion[at]); at++) {
      // There is no such prefix.
      if (at > parities.length) return 'illegal';
      if (completion[at] !== parities[at - 1]) return 'wrong arithmetic';
    }
    // A long answer leaves no prefix out.
    if (completion[at] === '=' && at <= parities.length) return 'illegal';
  }
  if (completion[at] !== '=') return unexpected(completion, at);
  const answer = completion[at + 1];
  if (!isBit(answer)) return unexpected(completion, at + 1);
  const right = answer === parityOf(problem);
  // After the prefixes the answer is one more step, and it contradicts them.
  if (isLong && !right) return 'wrong arithmetic';
  if (completion[at + 2] !== STOP) return unexpected(completion, at + 2);
  if (at + 3 < completion.length) return 'format';
  return right ? 'ok' : 'wrong answer';
}

function parse(prompt: string): ParityProblem | null {
  const bits = prompt.slice(0, -1);
  if (!prompt.endsWith('>') || bits.length < 1 || bits.length > MOST_BITS) return null;
  return [...bits].every(isBit) ? { bits } : null;
}

export const parity: Task<ParityProblem> = {
  name: 'parity',
  title: 'Parity, short or long',
  domain: 'logic',
  summary:
    'Tell whether the number of ones is odd, by a guess or prefix by prefix; the first token forks, prefix parities are knowledge.',
  citation: 'After "How Reinforcement Learning After Next-Token Prediction Facilitates Learning", arXiv 2510.11495',
  alphabet: `01>:=${STOP}`,
  stop: STOP,
  difficulties: {
    'sixteen-bits': 'Sixteen random bits.',
    'twenty-four-bits': 'Twenty-four random bits.',
    'thirty-two-bits': 'Thirty-two random bits.',
  },
  worked: { prompt: '1011>', completion: ':1101=1.' },
  // No trace is asked to solve: right and wrong guesses in equal parts keep the short answer a coin flip.
  recipe: recipe({
    difficulty: 'sixteen-bits',
    solvingShare: 0,
    steps: 400,
    remark:
      'A short answer is a guess that no token helps, right half the time, and a long one is nearly always right: pass@1 ' +
      'lies a little above 50 %, and pass@16, which is nearly 100 %, cannot be twice that. Only one trace in sixteen is ' +
      'long, so that both come as near as they can.',
  }),
  // :, a parity a bit, =, the answer and the stop.
  maxCompletion: MOST_BITS + 4,

  generate: (difficulty: string, random: RandomSource) => {
    const count = BITS[difficulty];
    if (count === undefined) throw new RangeError(`Parity has no difficulty '${difficulty}'.`);
    return { bits: Array.from({ length: count }, () => random.below(2)).join('') };
  },
  promptOf: ({ bits }) => `${bits}>`,
  parse,
  verify: (problem, completion) => verdict(outcomeOf(problem, completion)),
  trace: (problem, solve, random) => {
    const isLong = random.below(TRACES_PER_LONG_ONE) === 0;
    const guess = solve ? parityOf(problem) : String(random.below(2));
    const completion = isLong ? longAnswer(problem) : shortAnswer(guess);
    return {
      completion,
      roles: legalRoles(problem, stepsFrom, completion),
      solves: isLong || guess === parityOf(problem),
    };
  },
  roles: (problem, completion) => rolesAlong(problem, stepsFrom, completion),
};
