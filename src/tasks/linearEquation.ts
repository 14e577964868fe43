// A linear equation, solved in at most three lines.
//
//   3x+5=x+9>-5:3x=x+4;-x:2x=4;/2:x=2.      what is done to both sides, then the equation it makes
//
// A line takes a term away from its side (adds its opposite to both), or divides by the coefficient once x stands alone
// on one side. Every such line is true; only some of them come nearer, and three lines leave no room for a detour.

import { recipe } from './recipe.ts';
import { type Fault, isDigit, type Reader, stepwise } from './stepwise.ts';
import type { RandomSource, Task } from './task.ts';

/** coefficient · x + constant */
interface Side {
  readonly coefficient: number;
  readonly constant: number;
}

export interface Equation {
  readonly left: Side;
  readonly right: Side;
}

interface Line {
  /** Lines finished before this one. */
  readonly finished: number;
  /** The equation that this line starts from; once its result is written, the result. */
  readonly equation: Equation;
  /** While the operation is being written: the ones allowed on the equation; later none. */
  readonly allowed: ReadonlyMap<string, Equation>;
  /** What is written of the operation, while it is being written. */
  readonly operation: string;
  /** What is left to write after the operation's colon, or null before the colon. */
  readonly owed: string | null;
  readonly previous: string;
}

const MOST_LINES = 3;
const LARGEST_COEFFICIENT = 9;
const LARGEST_CONSTANT = 20;
const LARGEST_SOLUTION = 9;

function sign(value: number): string {
  return value < 0 ? '-' : '+';
}

/** `+3x`, `-x`, `+7`: a term with its sign always written; empty when it is zero. */
function signed(value: number, letter: string): string {
  if (value === 0) return '';
  const size = Math.abs(value);
  return sign(value) + (letter !== '' && size === 1 ? '' : size) + letter;
}

function sideText({ coefficient, constant }: Side): string {
  const text = signed(coefficient, 'x') + signed(constant, '');
  if (text === '') return '0';
  return text.startsWith('+') ? text.slice(1) : text;
}

function equationText({ left, right }: Equation): string {
  return `${sideText(left)}=${sideText(right)}`;
}

function minus(a: Side, b: Side): Side {
  return { coefficient: a.coefficient - b.coefficient, constant: a.constant - b.constant };
}

/** The side on which x stands with no constant while the other side has no x, or null. */
function aloneSide({ left, right }: Equation): Side | null {
  if (left.constant === 0 && right.coefficient === 0) return left;
  return right.constant === 0 && left.coefficient === 0 ? right : null;
}

function isSolved(equation: Equation): boolean {
  return aloneSide(equation)?.coefficient === 1;
}

/** Every operation that the notation allows on an equation, by its text, and the equation it makes. */
function operations(equation: Equation): ReadonlyMap<string, Equation> {
  const { left, right } = equation;
  const made = new Map<string, Equation>();
  for (const side of [left, right])
    for (const term of [
      { coefficient: side.coefficient, constant: 0 },
      { coefficient: 0, constant: side.constant },
    ]) {
      const text = signed(-term.coefficient, 'x') + signed(-term.constant, '');
      if (text !== '') made.set(text, { left: minus(left, term), right: minus(right, term) });
    }
  const divisor = aloneSide(equation)?.coefficient;
  if (divisor !== undefined) {
    // Adding zero turns a zero that division made negative into a plain one.
    const divided = (side: Side) => ({
      coefficient: side.coefficient / divisor + 0,
      constant: side.constant / divisor + 0,
    });
    made.set(`/${divisor}`, { left: divided(left), right: divided(right) });
  }
  return made;
}

function newLine(equation: Equation, finished: number): Line {
  return { finished, equation, allowed: operations(equation), operation: '', owed: null, previous: '' };
}

/** Whether a character could stand after another somewhere in a line. */
function mayFollow(previous: string, character: string): boolean {
  if (isDigit(previous)) return isDigit(character) || 'x+-=:;.'.includes(character);
  if (previous === 'x') return '+-=:;.'.includes(character);
  if (previous === '+' || previous === '-') return isDigit(character) || character === 'x';
  if (previous === '/' || previous === '=' || previous === ':')
    return isDigit(character) || character === '-' || (previous !== '/' && character === 'x');
  return '+-/'.includes(character);
}

function read(_: Equation, line: Line, character: string): Line | Fault {
  const { finished, equation, allowed, operation, owed, previous } = line;
  if (owed === null) {
    const made = allowed.get(operation);
    if (made && character === ':')
      return { finished, equation: made, allowed: new Map(), operation: '', owed: equationText(made), previous: ':' };
    const longer = operation + character;
    for (const text of allowed.keys())
      if (text.startsWith(longer)) return { ...line, operation: longer, previous: character };
    return mayFollow(previous, character) && !'=;.'.includes(character) ? 'illegal' : 'format';
  }
  if (owed !== '') {
    if (character === owed[0]) return { ...line, owed: owed.slice(1), previous: character };
    return mayFollow(previous, character) && character !== ':' ? 'wrong arithmetic' : 'format';
  }
  const over = isSolved(equation) || finished + 1 === MOST_LINES;
  if (character === '.') return over ? line : 'illegal';
  if (character === ';') return over ? 'illegal' : newLine(equation, finished + 1);
  // The equation is complete and true; a digit or a term more makes it another one.
  return mayFollow(previous, character) && character !== ':' ? 'wrong arithmetic' : 'format';
}

/** Whether an equation can be solved in `lines` more lines. */
function solvableIn(equation: Equation, lines: number): boolean {
  if (isSolved(equation)) return true;
  if (lines === 0) return false;
  return [...operations(equation).values()].some((made) => solvableIn(made, lines - 1));
}

function promising(_: Equation, { finished, equation, allowed, operation, owed }: Line): boolean {
  const left = MOST_LINES - finished - 1;
  if (owed !== null) return solvableIn(equation, left);
  for (const [text, made] of allowed) if (text.startsWith(operation) && solvableIn(made, left)) return true;
  return false;
}

const reader: Reader<Equation, Line> = {
  alphabet: '0123456789x+-/=>:;.',
  stop: '.',
  start: (equation) => newLine(equation, 0),
  read,
  forced: (_, character) => (':;.'.includes(character) ? 'format' : 'knowledge'),
  solves: (_, { equation }) => isSolved(equation),
  promising,
};

const DIFFICULTIES: Readonly<Record<string, string>> = {
  plain: 'Two terms in x, up to 9, and two numbers, up to 20, all positive; the solution is whole, from -9 to 9.',
  signed: 'The same with terms of either sign.',
};

function solution({ left, right }: Equation): number {
  return (right.constant - left.constant) / (left.coefficient - right.coefficient);
}

/** x on one side at least, every number small, and a solution that is whole and small. */
function isPosed(equation: Equation): boolean {
  const { left, right } = equation;
  const within = (value: number, largest: number) => Number.isInteger(value) && Math.abs(value) <= largest;
  return (
    [left, right].every(
      ({ coefficient, constant }) => within(coefficient, LARGEST_COEFFICIENT) && within(constant, LARGEST_CONSTANT),
    ) && within(solution(equation), LARGEST_SOLUTION)
  );
}

function generate(difficulty: string, random: RandomSource): Equation {
  if (!Object.hasOwn(DIFFICULTIES, difficulty))
    throw new RangeError(
      `Linear equation has the difficulties ${Object.keys(DIFFICULTIES).join(', ')}, not ${difficulty}.`,
    );
  const number = (largest: number) =>
    (1 + random.below(largest)) * (difficulty === 'signed' && random.below(2) === 1 ? -1 : 1);
  const side = () => ({ coefficient: number(LARGEST_COEFFICIENT), constant: number(LARGEST_CONSTANT) });
  let equation = { left: side(), right: side() };
  while (!isPosed(equation)) equation = { left: side(), right: side() };
  return equation;
}

function parseSide(text: string): Side | null {
  const match = /^([+-]?\d?x)?([+-]?\d{1,2})?$/.exec(text);
  if (!match) return null;
  const multiple = match[1]?.slice(0, -1);
  const coefficient = multiple === undefined ? 0 : /\d/.test(multiple) ? Number(multiple) : Number(`${multiple}1`);
  return { coefficient, constant: Number(match[2] ?? 0) };
}

function parse(prompt: string): Equation | null {
  const [left, right, ...more] = prompt.slice(0, -1).split('=').map(parseSide);
  if (!prompt.endsWith('>') || !left || !right || more.length > 0) return null;
  const equation = { left, right };
  // Only the notation's own spelling: no `+3x` at the front of a side, no `1x`, no empty side, nothing solved already.
  if (promptOf(equation) !== prompt || !isPosed(equation) || isSolved(equation)) return null;
  return solvableIn(equation, MOST_LINES) ? equation : null;
}

function promptOf(equation: Equation): string {
  return `${equationText(equation)}>`;
}

/** Algebra: find x in three lines. */
export const linearEquation: Task<Equation> = {
  name: 'linear-equation',
  title: 'Linear equation',
  domain: 'algebra',
  summary:
    'Solve an equation in at most three lines: which term to move next forks, the equation that a move makes is knowledge.',
  citation: 'ours',
  difficulties: DIFFICULTIES,
  worked: { prompt: '3x+5=x+9>', completion: '-5:3x=x+4;-x:2x=4;/2:x=2.' },
  recipe: recipe({ difficulty: 'plain', solvingShare: 0.25, steps: 1500, batch: 64, policy: { mlpWidth: 320 } }),
  // Lines no longer than `-9x:-18x+20=-20;`, after the first one with another digit to move.
  maxCompletion: 16 + 17 + 17,
  generate,
  promptOf,
  parse,
  ...stepwise(reader),
};
