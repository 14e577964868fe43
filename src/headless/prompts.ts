// The --prompts file of generate: a line a prompt, as text or as a JSON array of ids.

import type { LoadedCheckpoint } from '../policy/checkpoint.ts';
import { TokenizerError } from '../policy/tokenizer.ts';
import { InputError, readLines } from './io.ts';
import { checkIds } from './tokenLines.ts';

export interface Prompt {
  /** As it stood in the file, for the record. */
  readonly given: string | readonly number[];
  readonly ids: Int32Array;
}

/** Reads prompts one by one. @throws InputError naming the line */
export async function* readPrompts(
  file: string,
  model: LoadedCheckpoint,
  maxNewTokens: number,
): AsyncGenerator<Prompt> {
  const { maxPositions } = model.config;
  for await (const { text, where } of readLines(file)) {
    const prompt = parsePrompt(text, where, model);
    if (prompt.ids.length === 0) throw new InputError(`${where}: the prompt is empty.`);
    if (prompt.ids.length + maxNewTokens > maxPositions)
      throw new InputError(
        `${where}: ${prompt.ids.length} prompt tokens and --max-tokens ${maxNewTokens} make more than the ${maxPositions} positions of this model.`,
      );
    yield prompt;
  }
}

function parsePrompt(text: string, where: string, { config, tokenizer, tokenizerNote }: LoadedCheckpoint): Prompt {
  const given = idList(text);
  if (given !== null) {
    checkIds(given, where, config);
    return { given, ids: Int32Array.from(given) };
  }
  if (tokenizer === null)
    throw new InputError(
      `${where}: the prompt is text, but there is no tokenizer to read it with (${(tokenizerNote ?? '').replace(/\.$/, '')}); give a JSON array of ids.`,
    );
  try {
    return { given: text, ids: tokenizer.encode(text) };
  } catch (error) {
    throw error instanceof TokenizerError ? new InputError(`${where}: ${error.message}`) : error;
  }
}

/** The numbers of a line like [3, 1, 4]; null for any other text. */
function idList(text: string): number[] | null {
  if (!/^\s*\[/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((id) => typeof id === 'number') ? value : null;
  } catch {
    return null;
  }
}
