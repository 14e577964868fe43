// Navigation by a table. `A:BC B:DA C:AD D:CB A>D/2.` lists, for each state, where each action leads, then asks for a
// walk from A to D in at most 2 actions; `1B1D.` answers: action 1 from A leads to B, action 1 from B to D.
//
// Every action forks; the state it leads to is a look-up. The walk ends at the goal, or when no action is left.

import { endOfNumber, STOP, unexpected, verdict } from './reading.ts';
import { recipe } from './recipe.ts';
import { forced, randomWalk, rolesAlong, type Step } from './steps.ts';
import type { Outcome, RandomSource, Task } from './task.ts';

export interface NavigationProblem {
  /** For each state, the states that its actions lead to; states are numbered. */
  readonly table: readonly (readonly number[])[];
  readonly start: number;
  readonly goal: number;
  /** Most actions of a walk. */
  readonly budget: number;
}

const STATES = 'ABCDEFGH';
const ACTIONS = '123';
/** Fewest states and actions of a table; more than one action, or nothing would fork. */
const FEWEST_STATES = 3;
const FEWEST_ACTIONS = 2;
const LARGEST_BUDGET = 9;

/** What problems of a difficulty have; the goal is at least `nearest` actions away, and at most `budget`. */
interface Size {
  readonly states: number;
  readonly actions: number;
  readonly nearest: number;
  readonly budget: number;
}

const SIZES: Readonly<Record<string, Size>> = {
  'five-states': { states: 5, actions: 2, nearest: 3, budget: 3 },
  'six-states': { states: 6, actions: 2, nearest: 3, budget: 4 },
  'eight-states': { states: 8, actions: 3, nearest: 3, budget: 5 },
};

/** Where a walk stands. */
interface Place {
  readonly state: number;
  readonly left: number;
}

/** Whether the walk ends here. */
function ends({ goal }: NavigationProblem, { state, left }: Place): boolean {
  return state === goal || left === 0;
}

function stepsFrom(problem: NavigationProblem, place: Place): readonly Step<Place>[] {
  if (ends(problem, place)) return [{ text: STOP, forced: forced(['f']), next: place, last: true }];
  return problem.table[place.state]!.map((state, action) => ({
    text: `${ACTIONS[action]}${STATES[state]}`,
    forced: forced(['k', 'k']),
    next: { state, left: place.left - 1 },
    last: false,
  }));
}

/** Fewest actions from `start` to `goal`; infinity when none lead there. Breadth first, a ring of states at a time. */
function distance(table: NavigationProblem['table'], start: number, goal: number): number {
  const seen = new Set([start]);
  let ring: readonly number[] = [start];
  for (let actions = 0; ring.length > 0; actions++) {
    if (ring.includes(goal)) return actions;
    const reached = new Set(ring.flatMap((state) => table[state]!));
    ring = [...reached].filter((state) => !seen.has(state));
    for (const state of ring) seen.add(state);
  }
  return Number.POSITIVE_INFINITY;
}

/** Moves in the order they stand; the first that is at fault names the outcome. */
function outcomeOf(problem: NavigationProblem, completion: string): Outcome {
  let place: Place = { state: problem.start, left: problem.budget };
  let at = 0;
  while (completion[at] !== STOP) {
    const action = ACTIONS.indexOf(completion[at] ?? 'none');
    if (action < 0) return unexpected(completion, at);
    const state = STATES.indexOf(completion[at + 1] ?? 'none');
    if (state < 0) return unexpected(completion, at + 1);
    const target = problem.table[place.state]![action];
    // The table has no such action, or the walk is over.
    if (target === undefined || ends(problem, place)) return 'illegal';
    if (state !== target) return 'wrong arithmetic';
    place = { state, left: place.left - 1 };
    at += 2;
  }
  if (at + 1 < completion.length) return 'format';
  // Giving up with actions left is no walk.
  if (!ends(problem, place)) return 'illegal';
  return place.state === problem.goal ? 'ok' : 'wrong answer';
}

function promptOf({ table, start, goal, budget }: NavigationProblem): string {
  const rows = table.map((targets, state) => `${STATES[state]}:${targets.map((target) => STATES[target]).join('')} `);
  return `${rows.join('')}${STATES[start]}>${STATES[goal]}/${budget}.`;
}

/** The states that a row's letters name, or null where one is no state of a table of `count`. */
function readTargets(letters: string, count: number): readonly number[] | null {
  const targets = [...letters].map((letter) => STATES.slice(0, count).indexOf(letter));
  return targets.includes(-1) ? null : targets;
}

function parse(prompt: string): NavigationProblem | null {
  const words = prompt.split(' ');
  const question = words.pop()!;
  const count = words.length;
  if (count < FEWEST_STATES || count > STATES.length) return null;

  const table: (readonly number[])[] = [];
  for (const [state, word] of words.entries()) {
    const targets = readTargets(word.slice(2), count);
    if (!word.startsWith(`${STATES[state]}:`) || targets === null) return null;
    table.push(targets);
  }
  const actions = table[0]!.length;
  if (actions < FEWEST_ACTIONS || actions > ACTIONS.length) return null;
  if (table.some((targets) => targets.length !== actions)) return null;

  const asked = readTargets(question.charAt(0) + question.charAt(2), count);
  const afterBudget = endOfNumber(question, 4);
  const budget = Number(question.slice(4, afterBudget));
  if (question[1] !== '>' || question[3] !== '/' || question.slice(afterBudget) !== '.' || asked === null) return null;
  const [start, goal] = asked;
  if (budget < 1 || budget > LARGEST_BUDGET || start === goal) return null;
  return { table, start: start!, goal: goal!, budget };
}

/** `count` different numbers below `below`, none of them `not`. */
function drawDifferent(count: number, below: number, not: number, random: RandomSource): readonly number[] {
  const left = Array.from({ length: below }, (_, number) => number).filter((number) => number !== not);
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0]!);
}

/** A random table in which the actions of a state differ and leave it, and two states far enough apart. */
function generate(difficulty: string, random: RandomSource): NavigationProblem {
  const size = SIZES[difficulty];
  if (size === undefined) throw new RangeError(`Table navigation has no difficulty '${difficulty}'.`);
  const { states, actions, nearest, budget } = size;
  for (;;) {
    const table = Array.from({ length: states }, (_, state) => drawDifferent(actions, states, state, random));
    const start = random.below(states);
    const goal = random.below(states);
    const far = distance(table, start, goal);
    if (far >= nearest && far <= budget) return { table, start, goal, budget };
  }
}

export const tableNavigation: Task<NavigationProblem> = {
  name: 'table-navigation',
  title: 'Table navigation',
  domain: 'navigation',
  summary:
    'Walk from a state to a goal by a table of what each action leads to; actions fork, the next state is a look-up.',
  citation: 'After "Decomposing Elements of Problem Solving: What \'Math\' Does RL Teach?" (RL-Wall), arXiv 2505.22756',
  alphabet: `${STATES}0123456789: >/${STOP}`,
  stop: STOP,
  difficulties: {
    'five-states': 'Five states, two actions, at most 3 moves; the goal is 3 away.',
    'six-states': 'Six states, two actions, at most 4 moves; the goal is at least 3 away.',
    'eight-states': 'Eight states, three actions, at most 5 moves; the goal is at least 3 away.',
  },
  worked: { prompt: 'A:BC B:DA C:AD D:CB A>D/2.', completion: '1B1D.' },
  recipe: recipe({ difficulty: 'five-states', solvingShare: 0.3, steps: 1000, batch: 64 }),
  maxCompletion: 2 * LARGEST_BUDGET + 1,

  generate,
  promptOf,
  parse,
  verify: (problem, completion) => verdict(outcomeOf(problem, completion)),
  trace: (problem, solve, random) => {
    const start = { state: problem.start, left: problem.budget };
    const mayEnter = ({ state, left }: Place) => !solve || distance(problem.table, state, problem.goal) <= left;
    const { completion, roles, end } = randomWalk(start, (place) => stepsFrom(problem, place), mayEnter, random);
    return { completion, roles, solves: end.state === problem.goal };
  },
  roles: (problem, completion) =>
    rolesAlong({ state: problem.start, left: problem.budget }, (place) => stepsFrom(problem, place), completion),
};
