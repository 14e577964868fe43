// Tasks whose completions are read one character at a time.
//
//   state --character--> next state, or the fault that the character commits
//
// A reader is the whole truth about a task: its first fault is the verdict, and the characters that commit none are the
// legal continuations. Where several are legal the token forks; where one is, it is forced. So the verifier, the roles
// and the random traces cannot disagree.

import { pick } from './random.ts';
import type { Outcome, RandomSource, Role, Task, Trace, Verdict } from './task.ts';

/** Why a character may not come next. */
export type Fault = Exclude<Outcome, 'ok' | 'wrong answer' | 'unfinished'>;

/** What a completion says so far; never changed in place. */
export interface Reader<Problem, State extends object> {
  readonly alphabet: string;
  readonly stop: string;
  readonly start: (problem: Problem) => State;
  /** Total: any character, also one outside the alphabet. Never called after the stop character. */
  readonly read: (problem: Problem, state: State, character: string) => State | Fault;
  /** Role of a character that is the only legal one at `state`. */
  readonly forced: (state: State, character: string) => 'knowledge' | 'format';
  /** Whether a completion without a fault, read to its stop, is a solution. */
  readonly solves: (problem: Problem, state: State) => boolean;
  /** Whether what is read so far is the beginning of a solution. */
  readonly promising: (problem: Problem, state: State) => boolean;
}

interface Step<State> {
  readonly character: string;
  readonly next: State;
}

/** Every legal character at `state`, in the alphabet's order, and where it leads. */
function legalSteps<Problem, State extends object>(reader: Reader<Problem, State>, problem: Problem, state: State) {
  const steps: Step<State>[] = [];
  for (const character of reader.alphabet) {
    const next = reader.read(problem, state, character);
    if (typeof next !== 'string') steps.push({ character, next });
  }
  return steps;
}

function verdict(outcome: Outcome): Verdict {
  return { reward: outcome === 'ok' ? 1 : 0, outcome };
}

/** The verifier, the random traces and the roles that a reader implies. */
export function stepwise<Problem, State extends object>(
  reader: Reader<Problem, State>,
): Pick<Task<Problem>, 'alphabet' | 'stop' | 'verify' | 'trace' | 'roles'> {
  const { alphabet, stop, start, read, forced, solves, promising } = reader;

  const verify = (problem: Problem, completion: string): Verdict => {
    let state = start(problem);
    for (let i = 0; i < completion.length; i++) {
      const next = read(problem, state, completion[i]!);
      if (typeof next === 'string') return verdict(next);
      state = next;
      if (completion[i] === stop) {
        if (i + 1 < completion.length) return verdict('format');
        return verdict(solves(problem, state) ? 'ok' : 'wrong answer');
      }
    }
    return verdict('unfinished');
  };

  const roles = (problem: Problem, completion: string): (Role | null)[] => {
    const result: (Role | null)[] = new Array(completion.length).fill(null);
    let state = start(problem);
    for (let i = 0; i < completion.length; i++) {
      const character = completion[i]!;
      const steps = legalSteps(reader, problem, state);
      const taken = steps.find((step) => step.character === character);
      if (!taken) break;
      result[i] = steps.length > 1 ? 'fork' : forced(state, character);
      state = taken.next;
      if (character === stop) break;
    }
    return result;
  };

  const trace = (problem: Problem, solve: boolean, random: RandomSource): Trace => {
    const written: Role[] = [];
    let completion = '';
    let state = start(problem);
    while (!completion.endsWith(stop)) {
      const steps = legalSteps(reader, problem, state);
      const open = solve ? steps.filter((step) => promising(problem, step.next)) : steps;
      if (open.length === 0) throw new RangeError('No completion solves this problem.');
      const { character, next } = pick(open, random);
      written.push(steps.length > 1 ? 'fork' : forced(state, character));
      completion += character;
      state = next;
    }
    return { completion, roles: written, solves: solves(problem, state) };
  };

  return { alphabet, stop, verify, trace, roles };
}

/** Whether a character is one of 0-9. */
export function isDigit(character: string): boolean {
  return character.length === 1 && character >= '0' && character <= '9';
}
