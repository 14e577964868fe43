// A tokenizer for small tasks: one character is one token, beside a few special tokens.
//
// Its file is a tokenizer.json that Hugging Face's tokenizers read too: a WordLevel vocabulary, a Split before it that
// isolates every character, and a Fuse after it that joins them again.

import * as v from 'valibot';
import { JsonError, jsonBytes, parseJsonAs } from './strictJson.ts';

/** Special tokens by role; a tokenizer has those of them that it was made with. */
export const PAD = '<pad>';
export const STOP = '<eos>';
export const BEGIN = '<bos>';

/** Asked for by the WordLevel format, but never in the vocabulary: an unknown character is an error, here and there. */
const UNKNOWN = '<unk>';

/** Thrown for text outside the alphabet, ids outside the vocabulary, and damaged files; the message is one sentence. */
export class TokenizerError extends Error {
  override readonly name: string = 'TokenizerError';
}

/** A sound tokenizer.json of a kind that this project does not run (BPE, for instance). */
export class ForeignTokenizerError extends TokenizerError {
  override readonly name = 'ForeignTokenizerError';
}

export interface TokenizerSpec {
  /** Each code point is a token; they must differ. */
  readonly characters: string;
  /** Special tokens, which get the first ids; default: pad and stop. */
  readonly special?: readonly string[];
}

export class CharacterTokenizer {
  /** Token text by id. */
  readonly tokens: readonly string[];
  readonly special: ReadonlySet<string>;
  readonly padId: number | null;
  readonly stopId: number | null;
  /** Put before every encoded text when it exists. */
  readonly beginId: number | null;
  readonly #ids: ReadonlyMap<string, number>;

  /** @throws TokenizerError when tokens repeat, or one that is not special is not a single character */
  constructor(tokens: readonly string[], special: Iterable<string>) {
    this.tokens = [...tokens];
    this.special = new Set(special);
    const ids = new Map<string, number>();
    for (const [id, token] of tokens.entries()) {
      if (token === '' || (!this.special.has(token) && [...token].length !== 1))
        throw new TokenizerError(`The token ${JSON.stringify(token)} is neither special nor a single character.`);
      if (ids.has(token))
        throw new TokenizerError(`The token ${JSON.stringify(token)} stands in the vocabulary twice.`);
      ids.set(token, id);
    }
    for (const token of this.special)
      if (!ids.has(token))
        throw new TokenizerError(`The special token ${JSON.stringify(token)} is not in the vocabulary.`);
    const role = (token: string) => (this.special.has(token) ? ids.get(token)! : null);
    this.padId = role(PAD);
    this.stopId = role(STOP);
    this.beginId = role(BEGIN);
    this.#ids = ids;
  }

  /** Number of ids. */
  get size(): number {
    return this.tokens.length;
  }

  /** Text to ids, with <bos> first if there is one; a special token written out counts as that token. @throws TokenizerError */
  encode(text: string): Int32Array<ArrayBuffer> {
    const ids: number[] = this.beginId === null ? [] : [this.beginId];
    for (let i = 0; i < text.length; ) {
      const token = this.#specialAt(text, i) ?? String.fromCodePoint(text.codePointAt(i)!);
      const id = this.#ids.get(token);
      if (id === undefined)
        throw new TokenizerError(
          `The character ${JSON.stringify(token)} at position ${[...text.slice(0, i)].length} is not in the alphabet ${JSON.stringify(this.alphabet)}.`,
        );
      ids.push(id);
      i += token.length;
    }
    return Int32Array.from(ids);
  }

  /** Ids to text. `special`: whether special tokens are written out (default) or left out. @throws TokenizerError */
  decode(ids: Iterable<number>, special: 'keep' | 'drop' = 'keep'): string {
    let text = '';
    for (const id of ids) {
      const token = this.tokens[id];
      if (token === undefined)
        throw new TokenizerError(`The id ${id} is not in the vocabulary (0 to ${this.size - 1}).`);
      if (special === 'keep' || !this.special.has(token)) text += token;
    }
    return text;
  }

  /** All tokens that are no special ones, as one text. */
  get alphabet(): string {
    return this.tokens.filter((token) => !this.special.has(token)).join('');
  }

  /** The longest special token that `text` continues with at `i`. */
  #specialAt(text: string, i: number): string | undefined {
    let found: string | undefined;
    for (const token of this.special)
      if (text.startsWith(token, i) && token.length > (found?.length ?? 0)) found = token;
    return found;
  }
}

/** A tokenizer whose ids count the special tokens first, then the characters in order. @throws TokenizerError */
export function createTokenizer({ characters, special = [PAD, STOP] }: TokenizerSpec): CharacterTokenizer {
  return new CharacterTokenizer([...special, ...characters], special);
}

/** The parts of tokenizer.json that say how text is cut and joined; a reader accepts exactly these. */
function pipeline(beginId: number | null) {
  const template = (ids: number | null) =>
    ids === null
      ? null
      : {
          type: 'TemplateProcessing',
          single: [{ SpecialToken: { id: BEGIN, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
          pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
          special_tokens: { [BEGIN]: { id: BEGIN, ids: [ids], tokens: [BEGIN] } },
        };
  return {
    normalizer: null,
    pre_tokenizer: { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated', invert: false },
    post_processor: template(beginId),
    decoder: { type: 'Fuse' },
  };
}

/** The tokenizer.json of a tokenizer. */
export function writeTokenizer(tokenizer: CharacterTokenizer): Uint8Array<ArrayBuffer> {
  return jsonBytes({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: tokenizer.tokens.flatMap((content, id) =>
      tokenizer.special.has(content)
        ? [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }]
        : [],
    ),
    ...pipeline(tokenizer.beginId),
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(tokenizer.tokens.map((token, id) => [token, id])),
      unk_token: UNKNOWN,
    },
  });
}

const anyModelSchema = v.object({ model: v.object({ type: v.string() }) });
const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const fileSchema = v.object({
  added_tokens: v.array(v.object({ id, content: v.string(), special: v.boolean() })),
  normalizer: v.optional(v.unknown(), null),
  pre_tokenizer: v.optional(v.unknown(), null),
  post_processor: v.optional(v.unknown(), null),
  decoder: v.optional(v.unknown(), null),
  model: v.object({ vocab: v.record(v.string(), id) }),
});

/**
 * Reads a tokenizer.json that writeTokenizer wrote, or an equal one.
 * @throws ForeignTokenizerError for another kind, TokenizerError for a damaged file
 */
export function readTokenizer(bytes: Uint8Array, label = 'tokenizer.json'): CharacterTokenizer {
  try {
    const { type } = parseJsonAs(anyModelSchema, bytes, label).model;
    if (type !== 'WordLevel')
      throw new ForeignTokenizerError(
        `${label}: model.type is ${JSON.stringify(type)}, but only character tokenizers of type "WordLevel" run here.`,
      );
    const file = parseJsonAs(fileSchema, bytes, label);
    const tokens = vocabularyInOrder(file.model.vocab, label);
    for (const { id, content } of file.added_tokens)
      if (tokens[id] !== content)
        throw new TokenizerError(
          `${label}: added_tokens gives ${JSON.stringify(content)} the id ${id}, but model.vocab does not.`,
        );
    const special = file.added_tokens.map((token) => token.content);
    if (tokens.some((token) => !special.includes(token) && [...token].length !== 1))
      throw new ForeignTokenizerError(`${label}: model.vocab holds words, but only single characters are run here.`);
    const tokenizer = new CharacterTokenizer(tokens, special);
    for (const [part, expected] of Object.entries(pipeline(tokenizer.beginId)))
      if (canonical(file[part as keyof typeof file]) !== canonical(expected))
        throw new ForeignTokenizerError(
          `${label}: ${part} is not the one of a character tokenizer, the only kind run here.`,
        );
    return tokenizer;
  } catch (error) {
    throw error instanceof JsonError ? new TokenizerError(error.message) : error;
  }
}

function vocabularyInOrder(vocab: Readonly<Record<string, number>>, label: string): string[] {
  const tokens: string[] = [];
  const entries = Object.entries(vocab);
  for (const [token, id] of entries) {
    if (id >= entries.length)
      throw new TokenizerError(
        `${label}: model.vocab gives ${JSON.stringify(token)} the id ${id}, but it holds ${entries.length} tokens.`,
      );
    if (tokens[id] !== undefined)
      throw new TokenizerError(
        `${label}: model.vocab gives ${JSON.stringify(tokens[id])} and ${JSON.stringify(token)} the same id ${id}.`,
      );
    tokens[id] = token;
  }
  return tokens;
}

/** JSON text that does not depend on the order of names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
