// --problems: a user's own problems as a file.

import { OwnProblemsError, type OwnProblemsSource, ownProblemsSource, parseOwnProblems } from '../tasks/ownProblems.ts';
import type { Part } from '../tasks/split.ts';
import type { Task } from '../tasks/task.ts';
import { VERIFIERS, type VerifierName } from '../tasks/verifiers.ts';
import { choice, optionalText } from './flags.ts';
import { InputError, readBytes } from './io.ts';

export const PROBLEMS_FLAGS = {
  problems: optionalText('FILE', 'problems of your own: a JSONL of {"prompt","answer"} in the alphabet of the task'),
  verifier: choice(VERIFIERS, 'exact', 'how the answers of --problems are compared'),
};

/**
 * The source of a JSONL of problems.
 * @param part what it is for
 * @throws InputError with a sentence for every bad line, or for a list that has no problem on that part
 */
export async function readProblems(
  file: string,
  task: Task,
  verifier: VerifierName,
  part: Part,
): Promise<OwnProblemsSource> {
  const bytes = await readBytes(file);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const source = await ownProblemsSource(task, verifier, parseOwnProblems(task, verifier, text, file));
    // Where there is none, the source says so in a sentence.
    if (source.counts[part] === 0) source.problem(part, 0, 0);
    return source;
  } catch (error) {
    if (error instanceof OwnProblemsError) throw new InputError(error.message);
    if (error instanceof RangeError) throw new InputError(`${file}: ${error.message}`);
    if (error instanceof TypeError) throw new InputError(`${file}: it is not valid UTF-8 text.`);
    throw error;
  }
}
