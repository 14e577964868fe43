// The shape of an answer: a value, a list or set of values, an interval or tuple, a union, an equation, a matrix, or words.

import type { MathNode } from 'mathjs';
import type { MathLibrary } from './mathLibrary.ts';
import { translated } from './notation.ts';
import { plainText } from './tidy.ts';
import { NotComparableError } from './value.ts';

export type Relation = '=' | '!=' | '<' | '<=';

/** A sign behind a number that may be left out. */
export type Unit = 'percent' | 'degree' | null;

export type Form =
  /** One expression, and how it was written. `unit` is the sign it ends with, which may be a unit or a factor. */
  | { readonly kind: 'expression'; readonly node: MathNode; readonly unit: Unit; readonly text: string }
  | { readonly kind: 'infinity'; readonly sign: 1 | -1 }
  /** Values in any order: a set in braces, or values separated by commas. */
  | { readonly kind: 'set'; readonly items: readonly Form[] }
  /** An interval, a point or a vector: what stands between brackets, in order. */
  | { readonly kind: 'bracket'; readonly open: string; readonly close: string; readonly items: readonly Form[] }
  | { readonly kind: 'union'; readonly items: readonly Form[] }
  | { readonly kind: 'matrix'; readonly rows: readonly (readonly Form[])[] }
  /** `value` is what the equation gives to a name, or what a calculation ends with; null when it does neither. */
  | {
      readonly kind: 'relation';
      readonly relation: Relation;
      readonly left: Form;
      readonly right: Form;
      readonly value: Form | null;
    }
  /** What could not be read as mathematics, and why. */
  | { readonly kind: 'text'; readonly text: string; readonly reason: string };

const OPENING = new Set(['(', '[', '{', '\\{', '\\lfloor', '\\lceil']);
const CLOSING = new Set([')', ']', '}', '\\}', '\\rfloor', '\\rceil']);
const MOST_ITEMS = 30;
const DEEPEST = 8;

/** Relations as they are written; those that look right are read from the other side. */
const RELATIONS: Readonly<Record<string, { readonly relation: Relation; readonly reversed: boolean }>> = {
  '=': { relation: '=', reversed: false },
  '\\approx': { relation: '=', reversed: false },
  '\\equiv': { relation: '=', reversed: false },
  '\\ne': { relation: '!=', reversed: false },
  '!=': { relation: '!=', reversed: false },
  '<': { relation: '<', reversed: false },
  '\\lt': { relation: '<', reversed: false },
  '\\le': { relation: '<=', reversed: false },
  '<=': { relation: '<=', reversed: false },
  '>': { relation: '<', reversed: true },
  '\\gt': { relation: '<', reversed: true },
  '\\ge': { relation: '<=', reversed: true },
  '>=': { relation: '<=', reversed: true },
};

/** x, f(x), \frac{dy}{dx}, \angle ABC: names that an equation gives a value to. */
const NAME =
  /^(?:\\?[a-zA-Z]+'*(?:_\{?\w+\}?)?(?:\s*\(\s*[a-zA-Z,\s]+\s*\))?|\\frac\{d\w?\}\{d\w\}|\\(?:angle|triangle)\s*[a-zA-Z]+|m\s*\\angle\s*[a-zA-Z]+|\([a-zA-Z](?:\s*,\s*[a-zA-Z])+\))$/;

interface Split {
  readonly parts: readonly string[];
  /** What stood between the parts. */
  readonly marks: readonly string[];
}

/** Cuts a text at marks that stand outside all brackets. */
function split(text: string, isMark: (piece: string) => boolean): Split {
  const parts: string[] = [];
  const marks: string[] = [];
  let depth = 0;
  let part = '';
  for (const piece of text.match(/\\[a-zA-Z]+|\\.|[<>!]=|[\s\S]/g) ?? []) {
    if (OPENING.has(piece)) depth++;
    else if (CLOSING.has(piece)) depth--;
    if (depth === 0 && isMark(piece)) {
      parts.push(part.trim());
      marks.push(piece);
      part = '';
    } else part += piece;
  }
  return { parts: [...parts, part.trim()], marks };
}

/** The brackets around a whole text and what they hold, or null. */
function enclosed(text: string): { open: string; close: string; inside: string } | null {
  const [, open, inside, close] = /^(\\\{|[([{])([\s\S]*?)(\\\}|[)\]}])$/.exec(text) ?? [];
  if (open === undefined || inside === undefined || close === undefined) return null;
  let depth = 0;
  for (const piece of inside.match(/\\[a-zA-Z]+|\\.|[\s\S]/g) ?? []) {
    if (OPENING.has(piece)) depth++;
    else if (CLOSING.has(piece) && --depth < 0) return null;
  }
  return depth === 0 ? { open, close, inside } : null;
}

const MATRIX = /^[[(|]?\s*\\begin\{([pbvBV]?matrix|array)\}(?:\s*\{[rcl|\s]*\})?([\s\S]*)\\end\{\1\}\s*[\])|]?$/;

function matrixRows(text: string): string[][] | null {
  const body = MATRIX.exec(text)?.[2];
  if (body === undefined || body.includes('\\begin')) return null;
  const rows = body.split('\\\\').filter((row) => row.trim() !== '');
  return rows.map((row) => row.split('&').map((cell) => cell.trim()));
}

function expressionForm(text: string, math: MathLibrary): Form {
  try {
    const node = math.parse(translated(text));
    const unit = /\\?%$/.test(text) ? 'percent' : /\^\s*(?:\\circ|\{\s*\\circ\s*\})$/.test(text) ? 'degree' : null;
    return { kind: 'expression', node, unit, text: plainText(text) };
  } catch (error) {
    const reason = error instanceof NotComparableError ? error.message : 'is not an expression that can be read';
    return { kind: 'text', text: plainText(text), reason };
  }
}

/** The value that an equation gives to a name on either side, or that a calculation ends with. */
function valueOfEquation(parts: readonly string[], sides: readonly Form[]): Form | null {
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (NAME.test(first)) return sides.at(-1)!;
  if (NAME.test(last)) return sides[0]!;
  const isCalculation = parts.every((part) => !/[a-zA-Z]/.test(part.replace(/\\[a-zA-Z]+/g, '')));
  return isCalculation ? sides.at(-1)! : null;
}

/** Without what is only about the same: x = 1/3 \approx 0.33. */
function withoutApproximations({ parts, marks }: Split): Split {
  const end = marks.indexOf('\\approx');
  return end < 1 ? { parts, marks } : { parts: parts.slice(0, end + 1), marks: marks.slice(0, end) };
}

function relationForm(chain: Split, math: MathLibrary, depth: number): Form {
  const { parts, marks } = withoutApproximations(chain);
  const sides = parts.map((part) => formOf(part, math, depth + 1));
  const links = marks.map((mark, index): Form & { kind: 'relation' } => {
    const { relation, reversed } = RELATIONS[mark]!;
    const [left, right] = [sides[index]!, sides[index + 1]!];
    const value = relation === '=' ? valueOfEquation(parts, sides) : null;
    return { kind: 'relation', relation, left: reversed ? right : left, right: reversed ? left : right, value };
  });
  const [first] = links;
  if (links.length === 1) return first!;
  // a = b = c: what it says in the end. 1 < x < 3: both at once.
  return links.every(({ relation }) => relation === '=')
    ? { ...first!, right: sides.at(-1)! }
    : { kind: 'set', items: links };
}

/**
 * The form of a tidied answer; what is no mathematics is text.
 * @param depth how deep inside other forms
 */
export function formOf(text: string, math: MathLibrary, depth = 0): Form {
  const trimmed = text.trim();
  const unread = (reason: string): Form => ({ kind: 'text', text: plainText(trimmed), reason });
  const many = (parts: readonly string[]) => parts.map((part) => formOf(part, math, depth + 1));
  if (trimmed === '') return unread('is empty');
  if (depth > DEEPEST) return unread('is nested too deeply to compare');
  if (/^\+?\s*\\?(?:infty|infinity)$/.test(trimmed)) return { kind: 'infinity', sign: 1 };
  if (/^-\s*\\?(?:infty|infinity)$/.test(trimmed)) return { kind: 'infinity', sign: -1 };
  if (trimmed === '\\emptyset') return { kind: 'set', items: [] };

  const rows = matrixRows(trimmed);
  if (rows !== null) return { kind: 'matrix', rows: rows.map(many) };
  const list = split(trimmed, (piece) => piece === ',' || piece === ';');
  if (list.parts.length > MOST_ITEMS) return unread('holds too many values to compare');
  if (list.marks.length > 0) return { kind: 'set', items: many(list.parts) };
  const union = split(trimmed, (piece) => piece === '\\cup');
  if (union.marks.length > 0) return { kind: 'union', items: many(union.parts) };
  const member = split(trimmed, (piece) => piece === '\\in');
  if (member.marks.length === 1 && NAME.test(member.parts[0]!)) return formOf(member.parts[1]!, math, depth + 1);
  const relation = split(trimmed, (piece) => Object.hasOwn(RELATIONS, piece));
  if (relation.marks.length > 0) return relationForm(relation, math, depth);
  const signs = trimmed.split(/\\pm(?![a-zA-Z])/);
  if (signs.length === 2) return { kind: 'set', items: many(['+', '-'].map((sign) => signs.join(sign))) };

  const brackets = enclosed(trimmed);
  if (brackets !== null) {
    const { open, close, inside } = brackets;
    const { parts } = split(inside, (piece) => piece === ',' || piece === ';');
    if (parts.length > MOST_ITEMS) return unread('holds too many values to compare');
    if (open === '\\{') return { kind: 'set', items: inside.trim() === '' ? [] : many(parts) };
    // A group with commas is meant as a set: its backslashes were forgotten.
    if (open === '{' && parts.length > 1) return { kind: 'set', items: many(parts) };
    if (parts.length > 1) return { kind: 'bracket', open, close, items: many(parts) };
  }
  return expressionForm(trimmed, math);
}
