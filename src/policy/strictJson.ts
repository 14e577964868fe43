// JSON as a border checks it: valid UTF-8, valid JSON, and no name twice in one object.
//
// JSON.parse keeps the last of two equal names without a word, so a file could show one tensor to a reader and
// another to this program.

import * as v from 'valibot';

/** A value that JSON can hold. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Thrown for bytes that are not strict JSON; the message is one sentence that begins with the given label. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/** The first name that some object of `text` holds twice, or null. `text` must be valid JSON. */
function duplicateName(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '{') open.push(new Set());
    else if (c === '[') open.push(null);
    else if (c === '}' || c === ']') open.pop();
    else if (c === '"') {
      const start = i++;
      while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
      const names = open.at(-1);
      if (names == null || !isName(text, i + 1)) continue;
      const name: string = JSON.parse(text.slice(start, i + 1));
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return null;
}

/** Whether the string that ended just before `from` is a name: the next thing is a colon. */
function isName(text: string, from: number): boolean {
  let i = from;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++;
  return text[i] === ':';
}

/** Parses UTF-8 bytes as strict JSON. `label` opens the message, e.g. 'config.json'. @throws JsonError */
export function parseStrictJson(bytes: Uint8Array, label: string): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new JsonError(`${label} is not valid UTF-8 text.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new JsonError(`${label} is not valid JSON.`);
  }
  const twice = duplicateName(text);
  if (twice !== null) throw new JsonError(`${label} holds the name ${JSON.stringify(twice)} twice.`);
  return value;
}

/** The first complaint of a failed valibot parse in words, e.g. 'shape.0 is not accepted (Expected ...)'. */
export function describeIssue(issues: readonly v.BaseIssue<unknown>[], whole: string): string {
  const issue = issues[0];
  const field = issue?.path?.map((p) => String(p.key)).join('.') ?? whole;
  return `${field} is not accepted (${(issue?.message ?? 'unknown').replace(/\.$/, '')})`;
}

/** Parses strict JSON and checks it against a schema. @throws JsonError naming the field */
export function parseJsonAs<S extends v.GenericSchema>(schema: S, bytes: Uint8Array, label: string): v.InferOutput<S> {
  const result = v.safeParse(schema, parseStrictJson(bytes, label));
  if (!result.success) throw new JsonError(`${label}: ${describeIssue(result.issues, 'the content')}.`);
  return result.output;
}

const LONGEST_MESSAGE = 400;

/** A message that quotes a file, fit for one line: no control characters, not endless. */
export function oneLine(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const line = message.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');
  return line.length <= LONGEST_MESSAGE ? line : `${line.slice(0, LONGEST_MESSAGE)}….`;
}

/** JSON text as UTF-8 bytes, indented for people, ending in a newline. */
export function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
