// How the answers of a user's own problems are checked. A completion ends with the task's stop character; what stands
// before it is the text, and its answer is what follows the last `=` or `;`, or all of it where there is neither:
//
//   3*5=15;15+7=22.     answer 22          4x+12x^3+5.     answer 4x+12x^3+5
//
//   exact        the text is the wanted answer, or ends with `=` or `;` and the wanted answer
//   integer      the last whole number of the text is the wanted one
//   expression   the answer means the same as the wanted one, exactly
//
// All are total: any completion gets a verdict.

import { equalExpressions, type Quotient, readExpression } from './expression.ts';
import type { Outcome, Verdict } from './task.ts';

export const VERIFIERS = ['exact', 'integer', 'expression'] as const;
export type VerifierName = (typeof VERIFIERS)[number];

/** A check of completions, or a sentence's end that says why `answer` cannot be one: `the answer "x" ...`. */
export type AnswerCheck = ((completion: string) => Verdict) | { readonly unfit: string };

/** The check for a wanted answer. */
export function answerCheck(verifier: VerifierName, answer: string, stop: string): AnswerCheck {
  if (answer === '') return { unfit: 'is empty' };
  if (answer.includes(stop)) return { unfit: `holds the stop character ${JSON.stringify(stop)}` };
  switch (verifier) {
    case 'exact':
      return judging(stop, (text) => exactOutcome(text, answer));
    case 'integer': {
      const wanted = /^-?\d+$/.test(answer) ? BigInt(answer) : null;
      if (wanted === null) return { unfit: 'is not a whole number' };
      return judging(stop, (text) => integerOutcome(text, wanted));
    }
    case 'expression': {
      const wanted = readExpression(answer);
      if (typeof wanted === 'string') return { unfit: UNFIT_EXPRESSION[wanted] };
      // Not even the answer itself could be told to be right.
      if (equalExpressions(wanted, wanted) === null) return { unfit: UNFIT_EXPRESSION['too large'] };
      return judging(stop, (text) => expressionOutcome(text, wanted));
    }
  }
}

const UNFIT_EXPRESSION = {
  format: 'is not an expression of numbers, letters, + - * / ^ and brackets',
  'no value': 'divides by zero',
  'too large': 'is too large to be compared',
} as const;

function judging(stop: string, outcomeOf: (text: string) => Outcome): (completion: string) => Verdict {
  return (completion) => {
    const end = completion.indexOf(stop);
    const outcome =
      end === -1
        ? 'unfinished'
        : end + stop.length < completion.length
          ? 'format'
          : outcomeOf(completion.slice(0, end));
    return { reward: outcome === 'ok' ? 1 : 0, outcome };
  };
}

function exactOutcome(text: string, answer: string): Outcome {
  if (text === answer || text.endsWith(`=${answer}`) || text.endsWith(`;${answer}`)) return 'ok';
  return 'wrong answer';
}

/** A minus after a digit, a letter or a bracket subtracts; elsewhere it is the number's sign. */
function integerOutcome(text: string, wanted: bigint): Outcome {
  const last = [...text.matchAll(/(?:(?<![\dA-Za-z)])-)?\d+/g)].at(-1);
  if (last === undefined) return 'format';
  return BigInt(last[0]) === wanted ? 'ok' : 'wrong answer';
}

function expressionOutcome(text: string, wanted: Quotient): Outcome {
  const found = readExpression(text.slice(Math.max(text.lastIndexOf('='), text.lastIndexOf(';')) + 1));
  switch (found) {
    case 'format':
      return 'format';
    case 'no value':
      return 'wrong arithmetic';
    case 'too large':
      return 'illegal';
    default: {
      const equal = equalExpressions(found, wanted);
      return equal === null ? 'illegal' : equal ? 'ok' : 'wrong answer';
    }
  }
}
