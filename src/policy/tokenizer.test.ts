import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CharacterTokenizer,
  createTokenizer,
  ForeignTokenizerError,
  readTokenizer,
  TokenizerError,
  writeTokenizer,
} from './tokenizer.ts';

const DIGITS = createTokenizer({ characters: '0123456789+=' });

/** tokenizer.json of DIGITS after `change` has had its way with it. */
function changed(change: (json: ReturnType<typeof JSON.parse>) => void): Uint8Array {
  const json = JSON.parse(new TextDecoder().decode(writeTokenizer(DIGITS)));
  change(json);
  return new TextEncoder().encode(JSON.stringify(json));
}

describe('character tokenizer', () => {
  it('gives special tokens the first ids, then the characters in order', () => {
    expect(DIGITS.size).toBe(14);
    expect([DIGITS.padId, DIGITS.stopId, DIGITS.beginId]).toEqual([0, 1, null]);
    expect([...DIGITS.encode('2+2=4<eos>')]).toEqual([4, 12, 4, 13, 6, 1]);
    expect(DIGITS.decode([0, 4, 12, 4, 1])).toBe('<pad>2+2<eos>');
    expect(DIGITS.decode([0, 4, 12, 4, 1], 'drop')).toBe('2+2');
  });

  it('cuts and joins as Hugging Face does with the same file', () => {
    // tokenizers for Python: Tokenizer.from_file(...).encode(text).ids, then decode(ids).
    const ids = [3, 4, 12, 5, 13, 1];
    expect([...DIGITS.encode('12+3=<eos>')]).toEqual(ids);
    expect(DIGITS.decode(ids, 'drop')).toBe('12+3=');
  });

  it('puts <bos> first when there is one', () => {
    const tokenizer = createTokenizer({ characters: 'ab', special: ['<pad>', '<eos>', '<bos>'] });
    expect([...tokenizer.encode('ba')]).toEqual([2, 4, 3]);
    expect([...readTokenizer(writeTokenizer(tokenizer)).encode('ba')]).toEqual([2, 4, 3]);
  });

  it('decodes what it encodes and reads back what it writes, for any alphabet', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(), { maxLength: 50 }),
        (characters, picks) => {
          const tokenizer = createTokenizer({ characters: characters.join('') });
          const text = picks.map((pick) => characters[pick % characters.length]!).join('');
          const back = readTokenizer(writeTokenizer(tokenizer));
          expect(back.tokens).toEqual(tokenizer.tokens);
          const ids = back.encode(text);
          expect(ids).toEqual(tokenizer.encode(text));
          if (!text.includes('<pad>') && !text.includes('<eos>')) expect(ids).toHaveLength(picks.length);
          expect(back.decode(ids)).toBe(text);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('names a character outside the alphabet and where it stands', () => {
    expect(() => DIGITS.encode('1😀2')).toThrow(
      new TokenizerError('The character "😀" at position 1 is not in the alphabet "0123456789+=".'),
    );
    expect(() => DIGITS.decode([14])).toThrow('The id 14 is not in the vocabulary (0 to 13).');
  });

  it('refuses vocabularies that could not be decoded', () => {
    expect(() => createTokenizer({ characters: 'aba' })).toThrow('The token "a" stands in the vocabulary twice.');
    expect(() => new CharacterTokenizer(['ab'], [])).toThrow(
      'The token "ab" is neither special nor a single character.',
    );
    expect(() => new CharacterTokenizer(['a'], ['<eos>'])).toThrow(
      'The special token "<eos>" is not in the vocabulary.',
    );
  });

  it.each<[string, Uint8Array, string]>([
    [
      'BPE',
      changed((t) => {
        t.model.type = 'BPE';
      }),
      'tokenizer.json: model.type is "BPE", but only character tokenizers of type "WordLevel" run here.',
    ],
    [
      'words',
      changed((t) => {
        t.model.vocab.word = 14;
      }),
      'tokenizer.json: model.vocab holds words, but only single characters are run here.',
    ],
    [
      'another splitting',
      changed((t) => {
        t.pre_tokenizer = { type: 'Whitespace' };
      }),
      'tokenizer.json: pre_tokenizer is not the one of a character tokenizer, the only kind run here.',
    ],
    [
      'a normalizer',
      changed((t) => {
        t.normalizer = { type: 'Lowercase' };
      }),
      'tokenizer.json: normalizer is not the one of a character tokenizer, the only kind run here.',
    ],
  ])('calls %s foreign', (_, bytes, message) => {
    expect(() => readTokenizer(bytes)).toThrow(new ForeignTokenizerError(message));
  });

  it.each<[string, Uint8Array, string]>([
    ['no JSON', new TextEncoder().encode('{'), 'tokenizer.json is not valid JSON.'],
    [
      'no model',
      changed((t) => {
        t.model = null;
      }),
      'tokenizer.json: model is not accepted (Invalid type: Expected Object but received null).',
    ],
    [
      'an id twice',
      changed((t) => {
        t.model.vocab['1'] = t.model.vocab['0'];
      }),
      'tokenizer.json: model.vocab gives "0" and "1" the same id 2.',
    ],
    [
      'a missing id',
      changed((t) => {
        t.model.vocab['1'] = 90;
      }),
      'tokenizer.json: model.vocab gives "1" the id 90, but it holds 14 tokens.',
    ],
    [
      'another special id',
      changed((t) => {
        t.added_tokens[0].id = 5;
      }),
      'tokenizer.json: added_tokens gives "<pad>" the id 5, but model.vocab does not.',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readTokenizer(bytes)).toThrow(new TokenizerError(message));
  });

  it('does not mind the order of names', () => {
    const bytes = changed((t) => {
      t.pre_tokenizer = { invert: false, behavior: 'Isolated', pattern: t.pre_tokenizer.pattern, type: 'Split' };
    });
    expect(readTokenizer(bytes).tokens).toEqual(DIGITS.tokens);
  });
});
