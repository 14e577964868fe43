// From sampled ids to the text that a verifier reads: one id, one character, always.

import type { CharacterTokenizer } from '../policy/tokenizer.ts';

/** Stands for an id that is no character: padding, say, or an id beyond the tokenizer. In no task's alphabet. */
const NO_CHARACTER = '\uFFFD';

/** The text of a completion; character t is what ids[t] stands for. */
export function completionText(
  ids: ArrayLike<number>,
  { tokens, special }: Pick<CharacterTokenizer, 'tokens' | 'special'>,
): string {
  let text = '';
  for (let t = 0; t < ids.length; t++) {
    const token = tokens[ids[t]!];
    text += token === undefined || token.length !== 1 || special.has(token) ? NO_CHARACTER : token;
  }
  return text;
}
