// Roles from first principles. A task says which steps are legal where; the rest follows: at each character, the legal
// steps that agree with what stands before it either differ there (a fork) or do not.

import type { RandomSource, Role } from './task.ts';

/** A legal step. No legal step of a state may begin with another one: each ends with a character that ends it. */
export interface Step<State> {
  readonly text: string;
  /** For each character, what it is where nothing else may stand. */
  readonly forced: readonly Exclude<Role, 'fork'>[];
  /** Where the step leads. */
  readonly next: State;
  /** The completion ends with this step. */
  readonly last: boolean;
}

const FORCED_ROLES = { k: 'knowledge', f: 'format' } as const;

/** Forced roles, a letter a character: k knowledge, f format. */
export function forced(letters: readonly ('k' | 'f')[]): readonly Exclude<Role, 'fork'>[] {
  return letters.map((letter) => FORCED_ROLES[letter]);
}

/** All legal steps from a state that no last step led to: at least one. */
export type StepsFrom<State> = (state: State) => readonly Step<State>[];

/** Roles of the characters of `completion`; null from the first that no legal completion has in its place. */
export function rolesAlong<State>(
  start: State,
  stepsFrom: StepsFrom<State>,
  completion: string,
): readonly (Role | null)[] {
  const roles = new Array<Role | null>(completion.length).fill(null);
  let begin = 0;
  let candidates = stepsFrom(start);
  for (let at = 0; at < completion.length; at++) {
    const agreeing = candidates.filter((step) => step.text[at - begin] === completion[at]);
    const first = agreeing[0];
    if (first === undefined) break;
    roles[at] = agreeing.length < candidates.length ? 'fork' : first.forced[at - begin]!;
    candidates = agreeing;
    if (first.text.length === at + 1 - begin) {
      if (first.last) break;
      begin = at + 1;
      candidates = stepsFrom(first.next);
    }
  }
  return roles;
}

/**
 * Roles of a completion that is known to be legal.
 * @throws RangeError when it is not
 */
export function legalRoles<State>(start: State, stepsFrom: StepsFrom<State>, completion: string): readonly Role[] {
  const roles = rolesAlong(start, stepsFrom, completion).filter((role) => role !== null);
  if (roles.length < completion.length) throw new RangeError(`'${completion}' is not legal.`);
  return roles;
}

/**
 * A completion of steps drawn at random, each as likely among those whose next state `mayEnter` allows, and its roles.
 * @throws RangeError when no step is allowed
 */
export function randomWalk<State>(
  start: State,
  stepsFrom: StepsFrom<State>,
  mayEnter: (next: State) => boolean,
  random: RandomSource,
): { readonly completion: string; readonly roles: readonly Role[]; readonly end: State } {
  let completion = '';
  let state = start;
  for (;;) {
    const step = drawStep(stepsFrom(state), mayEnter, random);
    completion += step.text;
    state = step.next;
    if (step.last) return { completion, roles: legalRoles(start, stepsFrom, completion), end: state };
  }
}

/** Draws without replacement until a step is allowed: whether one is may be costly to tell. */
function drawStep<State>(
  steps: readonly Step<State>[],
  mayEnter: (next: State) => boolean,
  random: RandomSource,
): Step<State> {
  const left = [...steps];
  while (left.length > 0) {
    const [step] = left.splice(random.below(left.length), 1);
    if (mayEnter(step!.next)) return step!;
  }
  throw new RangeError('No completion solves this problem.');
}
