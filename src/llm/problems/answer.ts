// What a completion gives as its answer, and how that was found.

/** boxed: \boxed{...}; marked: after "####" or "answer is"; last number: nothing better was there. */
export type ExtractionMethod = 'boxed' | 'marked' | 'last number';

export interface ExtractedAnswer {
  readonly text: string;
  readonly method: ExtractionMethod;
}

/** Only the end of a very long completion is searched. */
const MOST_CHARACTERS = 200_000;

const LONGEST_UNBRACED = 100;

/** The content of a group that opens at `start`, or null when its brace is never closed. */
function braced(text: string, start: number): string | null {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    // An escaped brace belongs to a set and need not be closed inside.
    if (text[i] === '\\') i++;
    else if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return text.slice(start + 1, i);
  }
  return null;
}

/** The last \boxed{...} (or \fbox{...}, or \boxed 5) that is complete and not empty. */
function lastBoxed(text: string): string | null {
  for (const { index, 0: command } of [...text.matchAll(/\\(?:boxed|fbox)(?![a-zA-Z])\s*/g)].reverse()) {
    const start = index + command.length;
    const content =
      text[start] === '{'
        ? braced(text, start)
        : (/^[^\s${}\\]*[^\s${}\\.,]/.exec(text.slice(start, start + LONGEST_UNBRACED))?.[0] ?? null);
    if (content !== null && content.trim() !== '') return content.trim();
  }
  return null;
}

const MARKS = /####|\b(?:final answer|answer)\s*(?:is|=|:)\s*:?/gi;
const SENTENCE_END = /\n|[.!?](?=\s|$)/;
const REASONS = /\s+(?:because|since|as|so|which|where|when)\s[\s\S]*$/i;

/** "The largest n is 34" after a mark says 34. */
const LAST_IS = /^[\s\S]*\bis\b\s*:?\s*/i;
const FORMULA = /^(?:\$\$([^$]+)\$\$|\$([^$\n]+)\$|\\\(([\s\S]+?)\\\)|\\\[([\s\S]+?)\\\])/;

/** What follows the last mark: the mathematics it begins with, or the rest of the sentence. */
function lastMarked(text: string): string | null {
  for (const { index, 0: mark } of [...text.matchAll(MARKS)].reverse()) {
    const rest = text.slice(index + mark.length).replace(/^[\s*:]+/, '');
    const sentence = rest.split(SENTENCE_END, 1)[0]!.replace(REASONS, '').replace(/\*\*/g, '');
    const formula = FORMULA.exec(rest) ?? FORMULA.exec(sentence.replace(LAST_IS, ''));
    const inside = formula?.slice(1).find((group) => group !== undefined);
    const answer = (inside ?? sentence.replace(LAST_IS, '')).trim().replace(/[.,;:]+$/, '');
    if (answer !== '') return answer;
  }
  return null;
}

const FRACTION = String.raw`\\[dt]?frac\{\d+\}\{\d+\}`;
const DECIMAL = String.raw`\d+(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+(?:\s*\/\s*\d+)?`;
/** A sign counts when it stands close before the number and apart from what is before it: 10 - 3 ends with 3. */
const NUMBERS = new RegExp(String.raw`(?:(?<=^|[\s(\[=:,$])[-−])?(?:${FRACTION}|${DECIMAL})(?:\\?%)?`, 'g');

function lastNumber(text: string): string | null {
  return text.match(NUMBERS)?.at(-1) ?? null;
}

/** What a completion gives explicitly, in a box or behind a mark; null when it does neither. */
export function statedAnswer(completion: string): ExtractedAnswer | null {
  const text = completion.slice(-MOST_CHARACTERS);
  const boxed = lastBoxed(text);
  if (boxed !== null) return { text: boxed, method: 'boxed' };
  const marked = lastMarked(text);
  return marked === null ? null : { text: marked, method: 'marked' };
}

/**
 * The answer of a completion: the last \boxed{...}, else what follows the last "####" or "answer is", else the last
 * number. Null when there is none of these.
 */
export function extractAnswer(completion: string): ExtractedAnswer | null {
  const stated = statedAnswer(completion);
  if (stated !== null) return stated;
  const number = lastNumber(completion.slice(-MOST_CHARACTERS));
  return number === null ? null : { text: number, method: 'last number' };
}
