// A problem whose answer can be verified, and what is said of a completion of it.
//
// Nothing here needs a page: it runs in Node and in a worker alike.

import { type ExtractionMethod, extractAnswer } from './answer.ts';
import { type CompareAnswers, loadComparison } from './equivalence.ts';

export interface Problem {
  /** Unique among the problems it came with. */
  readonly id: string;
  /** What it is about, such as 'algebra': distributions are shown by it. */
  readonly domain: string;
  /** How hard it is, as its source says: 1 is easiest; null where it does not. */
  readonly level: number | null;
  /** Plain English, with LaTeX between dollar signs. */
  readonly prompt: string;
  /** LaTeX or plain text. */
  readonly answer: string;
  /** Where it comes from, such as the name of a file. */
  readonly source: string;
}

export interface Judgement {
  readonly reward: 0 | 1;
  /** What the completion gives as its answer; null when it gives none. */
  readonly extracted: string | null;
  /** How it was found; null when it was not. */
  readonly method: ExtractionMethod | null;
  /** One sentence: why the reward is what it is. */
  readonly reason: string;
}

/** Total and deterministic: any completion gets a judgement. */
export type Judge = (problem: Pick<Problem, 'answer'>, completion: string) => Judgement;

/** A judge by a given comparison. */
export function judgeBy(compare: CompareAnswers): Judge {
  return ({ answer }, completion) => {
    const found = extractAnswer(completion);
    if (found === null)
      return { reward: 0, extracted: null, method: null, reason: 'There is no box, no "answer is" and no number.' };
    const { result, reason } = compare(answer, found.text);
    return { reward: result === 'equal' ? 1 : 0, extracted: found.text, method: found.method, reason };
  };
}

/** The judge of all problems; loads what answers are compared with, once. */
export async function loadJudge(): Promise<Judge> {
  return judgeBy(await loadComparison());
}
