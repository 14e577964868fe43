// Problems from a file: JSONL, JSON (a list of objects) or parquet, as people write them and as GSM8K and MATH have them.
//
//   {"problem" | "question" | "prompt": text, "answer" | "solution": text or number,
//    "id" | "unique_id", "domain" | "subject" | "type", "level"}              the second line may be left out
//
// An answer that shows its work is understood: what follows "####" (GSM8K) or stands in \boxed{} (MATH) is the answer.

import * as v from 'valibot';
import { JsonError, oneLine, parseStrictJson } from '../../policy/strictJson.ts';
import { statedAnswer } from './answer.ts';
import { isParquet, parquetRows } from './parquet.ts';
import type { Problem } from './problem.ts';

/** Thrown for a file without a single problem; the message is one sentence. */
export class ProblemFileError extends Error {
  override readonly name = 'ProblemFileError';
}

export interface ProblemList {
  readonly problems: readonly Problem[];
  /** One sentence for every row that was left out, with its place. */
  readonly faults: readonly string[];
}

export const MOST_BYTES = 64 * 2 ** 20;
export const MOST_PROBLEMS = 20_000;
const LONGEST_PROMPT = 20_000;
const LONGEST_ANSWER = 1000;
const LONGEST_NAME = 200;
/** Sentences before the rest is only counted. */
const MOST_FAULTS = 20;

const ACCEPTED = 'JSONL, JSON (a list of objects) and parquet are accepted';
const PROMPT_FIELDS = ['problem', 'question', 'prompt'] as const;
const ANSWER_FIELDS = ['answer', 'solution'] as const;
const ID_FIELDS = ['id', 'unique_id'] as const;
const DOMAIN_FIELDS = ['domain', 'subject', 'type'] as const;

const whole = v.union([v.pipe(v.number(), v.safeInteger()), v.bigint()]);
const textSchema = v.optional(v.nullable(v.string()));
const labelSchema = v.optional(v.nullable(v.union([v.string(), whole])));
const answerSchema = v.optional(v.nullable(v.union([v.string(), v.pipe(v.number(), v.finite()), v.bigint()])));

const rowSchema = v.looseObject({
  problem: textSchema,
  question: textSchema,
  prompt: textSchema,
  answer: answerSchema,
  solution: answerSchema,
  id: labelSchema,
  unique_id: labelSchema,
  domain: labelSchema,
  subject: labelSchema,
  type: labelSchema,
  level: labelSchema,
});
type Row = v.InferOutput<typeof rowSchema>;

/** The first of some fields that holds something, as text. */
function first(row: Row, fields: readonly (keyof Row & string)[]): string | null {
  const texts = fields.map((field) => String(row[field] ?? '').trim());
  return texts.find((text) => text !== '') ?? null;
}

/** GSM8K shows its work before "####". */
const GSM8K_MARK = '####';

/** The answer itself, or null when the work ends in none. */
function answerOf(written: string, isSolution: boolean): string | null {
  if (!isSolution && !written.includes(GSM8K_MARK) && !written.includes('\\boxed')) return written;
  return statedAnswer(written)?.text ?? null;
}

/** MATH writes "Level 3". */
function levelOf(written: string | null): number | null {
  const digits = written === null ? null : /\d+/.exec(written)?.[0];
  return digits == null ? null : Number(digits);
}

interface Origin {
  /** The file's name. */
  readonly name: string;
  /** What the rows without a domain are about. */
  readonly domain: string | undefined;
}

/** A problem, or a clause that says what is wrong with the row. */
function problemOf(value: unknown, place: string, { name, domain }: Origin): Problem | string {
  const result = v.safeParse(rowSchema, value);
  if (!result.success) {
    const field = result.issues[0].path?.[0]?.key;
    return field === undefined
      ? 'it must be an object with "problem" and "answer".'
      : `"${String(field)}" must be ${PROMPT_FIELDS.some((known) => known === field) ? 'text' : 'text or a number'}.`;
  }
  const row = result.output;
  const prompt = first(row, PROMPT_FIELDS);
  if (prompt === null) return 'it has no "problem", "question" or "prompt".';
  if (prompt.length > LONGEST_PROMPT) return `its problem is longer than ${LONGEST_PROMPT} characters.`;
  const written = first(row, ANSWER_FIELDS);
  if (written === null) return 'it has no "answer" or "solution".';
  const answer = answerOf(written, first(row, ['answer']) === null);
  if (answer === null) return 'its solution ends with no \\boxed{...} and no "####".';
  if (answer.length > LONGEST_ANSWER) return `its answer is longer than ${LONGEST_ANSWER} characters.`;
  const own = first(row, DOMAIN_FIELDS) ?? domain ?? (written.includes(GSM8K_MARK) ? 'arithmetic' : 'other');
  const id = first(row, ID_FIELDS) ?? place;
  if (id.length > LONGEST_NAME || own.length > LONGEST_NAME)
    return `its id or domain is longer than ${LONGEST_NAME} characters.`;
  const level = levelOf(first(row, ['level']));
  return { id, domain: own.toLowerCase(), level, prompt, answer, source: name };
}

/** A row of a file: what it holds, or what is wrong with it, and where it stands. */
interface PlacedRow {
  readonly place: string;
  readonly value: unknown;
  readonly fault?: string;
}

function* jsonLines(text: string): Generator<PlacedRow> {
  const encoder = new TextEncoder();
  let number = 0;
  for (const line of text.split('\n')) {
    const place = `line ${++number}`;
    if (line.trim() === '') continue;
    try {
      yield { place, value: parseStrictJson(encoder.encode(line), 'it') };
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      yield { place, value: null, fault: error.message };
    }
  }
}

function jsonRows(bytes: Uint8Array, name: string): PlacedRow[] {
  const value = parseStrictJson(bytes, name);
  if (!Array.isArray(value)) throw new ProblemFileError(`${name} holds no list of problems: ${ACCEPTED}.`);
  return value.map((row, index) => ({ place: `item ${index + 1}`, value: row }));
}

async function rowsOf(bytes: Uint8Array, name: string): Promise<Iterable<PlacedRow>> {
  if (isParquet(bytes)) {
    const fields = [...PROMPT_FIELDS, ...ANSWER_FIELDS, ...ID_FIELDS, ...DOMAIN_FIELDS, 'level'];
    const rows = await parquetRows(bytes, fields, MOST_PROBLEMS);
    if (typeof rows === 'string') throw new ProblemFileError(`${name} ${rows}.`);
    return rows.map((value, index) => ({ place: `row ${index + 1}`, value }));
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ProblemFileError(`${name} is neither text in UTF-8 nor parquet: ${ACCEPTED}.`);
  }
  if (/^\s*\[/.test(text)) return jsonRows(bytes, name);
  if (!/^\s*\{/.test(text)) throw new ProblemFileError(`${name} is not in a form that is read here: ${ACCEPTED}.`);
  return jsonLines(text);
}

/** All problems of rows, and a sentence for each row that is none. */
function collected(rows: Iterable<PlacedRow>, origin: Origin): ProblemList {
  const problems = new Map<string, Problem>();
  const faults: string[] = [];
  for (const { place, value, fault } of rows) {
    if (problems.size === MOST_PROBLEMS)
      throw new ProblemFileError(`${origin.name} holds more than ${MOST_PROBLEMS} problems: give a part of it.`);
    const problem = fault ?? problemOf(value, place, origin);
    if (typeof problem === 'string') faults.push(oneLine(`${origin.name}, ${place}: ${problem}`));
    else if (problems.has(problem.id))
      faults.push(oneLine(`${origin.name}, ${place}: the id "${problem.id}" was there before.`));
    else problems.set(problem.id, problem);
  }
  if (faults.length > MOST_FAULTS) {
    const more = faults.length - MOST_FAULTS;
    faults.splice(MOST_FAULTS, more, `${origin.name}: ${more} more rows are not accepted.`);
  }
  if (problems.size === 0) throw new ProblemFileError(faults[0] ?? `${origin.name} holds no problem: ${ACCEPTED}.`);
  return { problems: [...problems.values()], faults };
}

/**
 * Reads the problems of a file. Its form is seen from its content, not from its name.
 * @param name for sentences and as the source of the problems
 * @param domain what rows without one are about; default: 'arithmetic' for answers in the manner of GSM8K, else 'other'
 * @throws ProblemFileError when there is not one problem, or when the file is too large
 */
export async function readProblems(name: string, content: Uint8Array | Blob, domain?: string): Promise<ProblemList> {
  const size = content instanceof Blob ? content.size : content.byteLength;
  if (size > MOST_BYTES)
    throw new ProblemFileError(`${name} is larger than ${MOST_BYTES / 2 ** 20} MiB: give a part of it.`);
  const bytes = content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content;
  try {
    return collected(await rowsOf(bytes, name), { name, domain });
  } catch (error) {
    if (error instanceof JsonError) throw new ProblemFileError(error.message);
    throw error;
  }
}
