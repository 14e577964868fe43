// Reading by hand: each function looks at one place of a text and says where what it knows ends.

import type { Outcome, Verdict } from './task.ts';

/** Ends every completion. */
export const STOP = '.';

/** Only what is right is rewarded. */
export function verdict(outcome: Outcome): Verdict {
  return { reward: outcome === 'ok' ? 1 : 0, outcome };
}

/** What a character that the notation does not expect at `at` means: the text was cut off there, or is ill formed. */
export function unexpected(text: string, at: number): 'unfinished' | 'format' {
  return at >= text.length ? 'unfinished' : 'format';
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

/**
 * Where the whole number at `at` ends: decimal digits without leading zeros, of any length. `at` itself when none stands
 * there (`07` is none).
 */
export function endOfNumber(text: string, at: number): number {
  let end = at;
  while (isDigit(text[end])) end++;
  return text[at] === '0' && end > at + 1 ? at : end;
}
