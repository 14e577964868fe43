// The lines that score and grad read: {"ids": [...], "tau": [...], "coef": [...]}, checked and packed into batches.

import * as v from 'valibot';
import type { PolicyConfig } from '../policy/config.ts';
import type { TokenBatch } from '../policy/engine.ts';
import { InputError, readLines } from './io.ts';

const numbers = v.array(v.nullable(v.number()));
const lineSchema = v.strictObject({
  ids: v.array(v.number()),
  /** Absent: 1 everywhere. */
  tau: v.optional(numbers),
  coef: v.optional(numbers),
});

export interface TokenLine {
  readonly ids: Int32Array;
  readonly tau: Float32Array;
  /** Null when the line has none. */
  readonly coef: Float32Array | null;
}

/** Checks one line. `where` opens every message, e.g. 'in.jsonl line 3'. @throws InputError naming the field */
export function parseTokenLine(text: string, where: string, config: PolicyConfig): TokenLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError(`${where}: it is not valid JSON.`);
  }
  const result = v.safeParse(lineSchema, json);
  if (!result.success) throw new InputError(`${where}: ${fieldIssue(result.issues[0])}.`);
  const { ids, tau, coef } = result.output;
  if (ids.length === 0) throw new InputError(`${where}: ids is empty, but a sequence has at least one token.`);
  if (ids.length > config.maxPositions)
    throw new InputError(
      `${where}: ids has ${ids.length} entries, but this model is meant for at most ${config.maxPositions} positions.`,
    );
  checkIds(ids, where, config);
  return {
    ids: Int32Array.from(ids),
    tau: tau === undefined ? new Float32Array(ids.length).fill(1) : aligned('tau', tau, ids.length, where),
    coef: coef === undefined ? null : aligned('coef', coef, ids.length, where),
  };
}

/** @throws InputError for an id that the model does not have */
export function checkIds(ids: readonly number[], where: string, { vocabulary }: PolicyConfig): void {
  for (const [i, id] of ids.entries())
    if (!Number.isInteger(id) || id < 0 || id >= vocabulary)
      throw new InputError(
        `${where}: ids[${i}] is ${id}, but this model has ${vocabulary} tokens (0 to ${vocabulary - 1}).`,
      );
}

/** Entry 0 speaks of a token that nothing predicts, and is ignored. */
function aligned(
  name: 'tau' | 'coef',
  values: readonly (number | null)[],
  length: number,
  where: string,
): Float32Array {
  if (values.length !== length)
    throw new InputError(`${where}: ${name} has ${values.length} entries, but ids has ${length}.`);
  const packed = new Float32Array(length);
  packed[0] = name === 'tau' ? 1 : 0;
  for (let i = 1; i < length; i++) {
    const value = values[i];
    // What counts is the float32 that the engine will see.
    packed[i] = value ?? Number.NaN;
    if (!Number.isFinite(packed[i]))
      throw new InputError(`${where}: ${name}[${i}] is ${value}, but it must be a finite number.`);
    if (name === 'tau' && packed[i]! <= 0)
      throw new InputError(`${where}: tau[${i}] is ${value}, but a temperature must be above 0.`);
  }
  return packed;
}

function fieldIssue(issue: v.BaseIssue<unknown>): string {
  const field = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? `[${key}]` : String(key))).join('');
  return `${field === '' ? 'the line' : field} is not accepted (${issue.message.replace(/\.$/, '')})`;
}

export interface LineBatch {
  readonly batch: TokenBatch;
  /** Aligned with batch.ids; 0 where a line has none. */
  readonly coef: Float32Array;
  /** Number of the last line in it. */
  readonly lastLine: number;
}

/**
 * Packs the lines of a file into batches of at most `mostTokens` tokens (a longer line stands alone), in order, one
 * batch in memory at a time. Blank lines are skipped.
 */
export async function* tokenBatches(
  file: string,
  config: PolicyConfig,
  mostTokens: number,
  needsCoef: boolean,
): AsyncGenerator<LineBatch> {
  let pending: TokenLine[] = [];
  let tokens = 0;
  let lastLine = 0;
  for await (const { text, number, where } of readLines(file)) {
    if (text.trim() === '') continue;
    const line = parseTokenLine(text, where, config);
    if (needsCoef && line.coef === null) throw new InputError(`${where}: coef is missing.`);
    if (pending.length > 0 && tokens + line.ids.length > mostTokens) {
      yield { ...pack(pending, tokens), lastLine };
      pending = [];
      tokens = 0;
    }
    pending.push(line);
    tokens += line.ids.length;
    lastLine = number;
  }
  if (pending.length > 0) yield { ...pack(pending, tokens), lastLine };
}

function pack(lines: readonly TokenLine[], tokens: number): Omit<LineBatch, 'lastLine'> {
  const ids = new Int32Array(tokens);
  const tau = new Float32Array(tokens);
  const coef = new Float32Array(tokens);
  const rowStart = new Int32Array(lines.length + 1);
  let at = 0;
  for (const [row, line] of lines.entries()) {
    ids.set(line.ids, at);
    tau.set(line.tau, at);
    if (line.coef !== null) coef.set(line.coef, at);
    at += line.ids.length;
    rowStart[row + 1] = at;
  }
  return { batch: { ids, rowStart, tau }, coef };
}
