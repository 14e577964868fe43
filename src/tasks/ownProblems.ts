// A user's own problems: a JSONL of {"prompt","answer"}, told in the alphabet of a task, whose policies then read and
// write them. The same hash as everywhere holds prompts out of training.

import * as v from 'valibot';
import { randomSource } from './random.ts';
import type { PosedProblem, ProblemSource } from './source.ts';
import { type Part, partOf } from './split.ts';
import type { Task } from './task.ts';
import { answerCheck, type VerifierName } from './verifiers.ts';

export interface OwnProblem {
  readonly prompt: string;
  readonly answer: string;
}

/** Problems of a list, as a source. A stream goes through all problems of a part, shuffled, before any comes again. */
export interface OwnProblemsSource extends ProblemSource {
  /** Problems on each side of the split. */
  readonly counts: Readonly<Record<Part, number>>;
}

/** Thrown for a list that is not accepted; each line of the message is one sentence about one line of the list. */
export class OwnProblemsError extends Error {
  override readonly name = 'OwnProblemsError';
}

/** Faults that a message lists before it only counts them. */
const MOST_SENTENCES = 20;

const lineSchema = v.strictObject({
  prompt: v.string(),
  answer: v.union([v.string(), v.pipe(v.number(), v.safeInteger())]),
});

/**
 * Reads the lines of a list; blank ones are skipped.
 * @param name opens every sentence, such as the name of the file
 * @throws OwnProblemsError with a sentence for every bad line
 */
export function parseOwnProblems(
  task: Pick<Task, 'name' | 'alphabet' | 'stop'>,
  verifier: VerifierName,
  text: string,
  name = 'the problems',
): OwnProblem[] {
  const problems: OwnProblem[] = [];
  const lineOf = new Map<string, number>();
  const faults: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const problem = readLine(line);
    const fault = typeof problem === 'string' ? problem : faultOf(problem, task, verifier, lineOf);
    if (fault !== null) faults.push(`${name} line ${index + 1}: ${fault}`);
    if (typeof problem === 'string' || fault !== null) continue;
    lineOf.set(problem.prompt, index + 1);
    problems.push(problem);
  }
  if (faults.length > MOST_SENTENCES) {
    const more = faults.length - MOST_SENTENCES;
    faults.splice(MOST_SENTENCES, more, `${name}: ${more} more lines are not accepted.`);
  }
  if (faults.length > 0) throw new OwnProblemsError(faults.join('\n'));
  if (problems.length === 0) throw new OwnProblemsError(`${name}: there is no problem in it.`);
  return problems;
}

/** A problem, or a sentence. */
function readLine(line: string): OwnProblem | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return 'it is not JSON.';
  }
  const result = v.safeParse(lineSchema, json);
  if (!result.success) return 'it must be {"prompt": text, "answer": text or whole number} and nothing else.';
  return { prompt: result.output.prompt, answer: String(result.output.answer) };
}

/** A sentence, or null. */
function faultOf(
  { prompt, answer }: OwnProblem,
  { name, alphabet, stop }: Pick<Task, 'name' | 'alphabet' | 'stop'>,
  verifier: VerifierName,
  lineOf: ReadonlyMap<string, number>,
): string | null {
  if (prompt === '') return 'the prompt is empty.';
  const before = lineOf.get(prompt);
  if (before !== undefined) return `the prompt ${JSON.stringify(prompt)} stands on line ${before} already.`;
  for (const [part, value] of Object.entries({ prompt, answer })) {
    const foreign = [...value].find((character) => !alphabet.includes(character));
    if (foreign !== undefined)
      return `the ${part} holds ${JSON.stringify(foreign)}, which is not in the alphabet ${JSON.stringify(alphabet)} of ${name}.`;
  }
  const check = answerCheck(verifier, answer, stop);
  return typeof check === 'function' ? null : `the answer ${JSON.stringify(answer)} ${check.unfit}.`;
}

/** The source of accepted problems. Its label names the verifier and the SHA-256 of the content. */
export async function ownProblemsSource(
  task: Task,
  verifier: VerifierName,
  problems: readonly OwnProblem[],
): Promise<OwnProblemsSource> {
  const content = JSON.stringify([verifier, problems.map(({ prompt, answer }) => [prompt, answer])]);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content));
  const hash = Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const posed = problems.map((problem) => pose(task, verifier, problem));
  const parts: Readonly<Record<Part, readonly PosedProblem[]>> = {
    training: posed.filter(({ prompt }) => partOf(prompt) === 'training'),
    'held-out': posed.filter(({ prompt }) => partOf(prompt) === 'held-out'),
  };
  const orders = new Map<string, Int32Array>();
  return {
    task,
    label: `own ${verifier} ${hash}`,
    counts: { training: parts.training.length, 'held-out': parts['held-out'].length },
    problem: (part, seed, index) => {
      const there = parts[part];
      if (there.length === 0) throw new RangeError(EMPTY_PART[part]);
      const round = Math.floor(index / there.length);
      const key = `${part} ${seed} ${round}`;
      let order = orders.get(key);
      if (order === undefined) {
        // Streams are read round after round; only the one being read is kept.
        orders.clear();
        order = shuffled(there.length, seed, round);
        orders.set(key, order);
      }
      return there[order[index % there.length]!]!;
    },
  };
}

/** Why a list cannot be used for a part. */
const EMPTY_PART: Readonly<Record<Part, string>> = {
  training:
    'Every prompt of the list is held out of training by its hash (about one in eight is), so nothing can be trained on: add more problems.',
  'held-out':
    'No prompt of the list is held out of training by its hash (about one in eight is), so nothing can be evaluated: add more problems.',
};

function pose(task: Task, verifier: VerifierName, { prompt, answer }: OwnProblem): PosedProblem {
  const check = answerCheck(verifier, answer, task.stop);
  if (typeof check !== 'function')
    throw new OwnProblemsError(`The answer ${JSON.stringify(answer)} of ${JSON.stringify(prompt)} ${check.unfit}.`);
  // What forks and what is knowledge is known of the tasks of this laboratory alone.
  return { prompt, verify: check, roles: (completion) => new Array<null>(completion.length).fill(null) };
}

/** 0 .. count - 1 in an order that follows from seed and round (Fisher and Yates). */
function shuffled(count: number, seed: number, round: number): Int32Array {
  const random = randomSource(seed, round);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
