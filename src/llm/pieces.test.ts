import { expect, it } from 'vitest';
import { pieceOf } from './pieces.ts';

it('leaves text as it is, and names the bytes of what is no whole character', () => {
  expect(pieceOf(' the', 'Ġthe')).toBe(' the');
  // The first two of the three bytes of a root sign, as GPT-2 writes them; and the last with a space behind it.
  expect(pieceOf('\ufffd', 'âĪ')).toBe('\\xE2\\x88');
  expect(pieceOf('\ufffd ', 'ļĠ')).toBe('\\x9A\\x20');
  expect(pieceOf('\ufffd', '<0xE2>')).toBe('\\xE2');
  expect(pieceOf('\ufffd', undefined)).toBe('\ufffd');
});
