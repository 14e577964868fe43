import { expect, it } from 'vitest';
import { createTokenizer, PAD } from '../policy/tokenizer.ts';
import { completionText } from './completionText.ts';

it('gives every id one character, and what is none of the alphabet one that no task knows', () => {
  const tokenizer = createTokenizer({ characters: '01.', special: [PAD] });
  expect(completionText(tokenizer.encode('10.'), tokenizer)).toBe('10.');
  // Padding, an id of a vocabulary that is larger than the tokenizer's, and a character of two UTF-16 units.
  expect(completionText([1, 0, 99, 3], tokenizer)).toBe('0\uFFFD\uFFFD.');
  const wide = createTokenizer({ characters: '0😀' });
  expect(completionText(wide.encode('😀0'), wide)).toBe('\uFFFD0');
});
