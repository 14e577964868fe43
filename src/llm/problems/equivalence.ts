// Whether two answers say the same, as mathematics: 0.5 and \frac12, (x+1)^2 and x^2+2x+1, [0,1) and [0, 1).
//
// An answer is tidied (tidy.ts), its form is read (form.ts), and forms are compared part by part, down to expressions
// (sameExpression.ts). The library is loaded by import() when the first comparer is asked for.

import { type Form, formOf } from './form.ts';
import { intervalOf, intervalsOf } from './interval.ts';
import type { MathLibrary } from './mathLibrary.ts';
import {
  type Comparison,
  compareEquations,
  compareExpressions,
  different,
  equal,
  notComparable,
} from './sameExpression.ts';
import { plainText, tidied, withoutThousands } from './tidy.ts';

export type { Comparison } from './sameExpression.ts';

/** Compares an answer with the right one. Total and deterministic: any two texts get a result. */
export type CompareAnswers = (right: string, given: string) => Comparison;

const LONGEST_ANSWER = 1000;

type FormOf<Kind extends Form['kind']> = Form & { readonly kind: Kind };

/** The items of a set, with those of sets among them: 1, \pm 2 is 1, 2, -2. */
function flat(items: readonly Form[]): Form[] {
  return items.flatMap((item) => (item.kind === 'set' ? flat(item.items) : [item]));
}

const ALL_SAME = equal('All their parts are equal.');

/** Parts in the same order. */
function compareInOrder(right: readonly Form[], given: readonly Form[], math: MathLibrary): Comparison {
  if (right.length !== given.length) return different(`There are ${right.length} parts, not ${given.length}.`);
  for (const [index, part] of right.entries()) {
    const found = compareForms(part, given[index]!, math);
    if (found.result !== 'equal') return { ...found, reason: `Part ${index + 1}: ${found.reason}` };
  }
  return ALL_SAME;
}

/** Parts in any order. Being equal is transitive, so the first partner that fits will do. */
function compareInAnyOrder(right: readonly Form[], given: readonly Form[], math: MathLibrary): Comparison {
  if (right.length !== given.length) return different(`There are ${right.length} values, not ${given.length}.`);
  const rest = [...given];
  for (const [index, part] of right.entries()) {
    const found = rest.map((other) => compareForms(part, other, math));
    const partner = found.findIndex(({ result }) => result === 'equal');
    if (partner < 0) {
      const obscure = found.find(({ result }) => result === 'not comparable');
      return obscure ?? different(`Value ${index + 1} of the right answer is not among those given.`);
    }
    rest.splice(partner, 1);
  }
  return ALL_SAME;
}

function compareBrackets(right: FormOf<'bracket'>, given: FormOf<'bracket'>, math: MathLibrary): Comparison {
  if (right.open !== given.open || right.close !== given.close) return different('They have different brackets.');
  return compareInOrder(right.items, given.items, math);
}

/** The entries of a row or a column; null for other matrices. */
function vectorOf({ rows }: FormOf<'matrix'>): readonly Form[] | null {
  return rows.length === 1 || rows.every(({ length }) => length === 1) ? rows.flat() : null;
}

function compareMatrices(right: FormOf<'matrix'>, given: FormOf<'matrix'>, math: MathLibrary): Comparison {
  const shape = ({ rows }: FormOf<'matrix'>) => rows.map(({ length }) => length).join();
  if (shape(right) !== shape(given)) return different('They are matrices of different shapes.');
  return compareInOrder(right.rows.flat(), given.rows.flat(), math);
}

function compareRelations(right: FormOf<'relation'>, given: FormOf<'relation'>, math: MathLibrary): Comparison {
  if (right.relation !== given.relation) return different('They state different relations.');
  const found = compareEquations(right, given, math);
  if (found !== null) return found;
  const sides = compareForms(right.left, given.left, math);
  return sides.result === 'equal' ? compareForms(right.right, given.right, math) : sides;
}

/** At least one of them is text: a word, or what is not read as mathematics. */
function compareTexts(right: Form, given: Form): Comparison {
  const textOf = (form: Form) => (form.kind === 'text' || form.kind === 'expression' ? form.text : null);
  if (textOf(right) !== null && textOf(right) === textOf(given)) return equal('They are the same text.');
  if (given.kind === 'text' && right.kind !== 'text') return notComparable(`The given answer ${given.reason}.`);
  if (right.kind === 'text' && given.kind !== 'text') return notComparable(`The right answer ${right.reason}.`);
  if (right.kind !== 'text' || given.kind !== 'text' || (LETTERS.test(right.text) && LETTERS.test(given.text)))
    return different('They are different texts.');
  return notComparable(`The given answer ${given.reason}.`);
}

/** An interval, or a union of them, with inequalities that say the same; null for other forms. */
function compareAsIntervals(intervals: Form, inequalities: Form, math: MathLibrary): Comparison | null {
  if (intervals.kind === 'bracket') {
    const interval = intervalOf(inequalities, math);
    return interval === null ? null : compareBrackets(intervals, interval, math);
  }
  const parts = intervals.kind === 'union' ? intervalsOf(inequalities, math) : null;
  return intervals.kind === 'union' && parts !== null ? compareInAnyOrder(intervals.items, parts, math) : null;
}

function compareForms(right: Form, given: Form, math: MathLibrary): Comparison {
  if (right.kind === 'relation' && given.kind === 'relation') return compareRelations(right, given, math);
  const intervals = compareAsIntervals(right, given, math) ?? compareAsIntervals(given, right, math);
  if (intervals !== null) return intervals;
  if (right.kind === 'relation' && right.value !== null) return compareForms(right.value, given, math);
  if (given.kind === 'relation' && given.value !== null) return compareForms(right, given.value, math);
  if (right.kind === 'set' || given.kind === 'set') {
    const [a, b] = [flat([right]), flat([given])];
    // A set of one value may be told as the value.
    return a.length === 1 && b.length === 1 ? compareForms(a[0]!, b[0]!, math) : compareInAnyOrder(a, b, math);
  }
  if (right.kind === 'text' || given.kind === 'text') return compareTexts(right, given);
  if (right.kind === 'expression' && given.kind === 'expression') return compareExpressions(right, given, math);
  if (right.kind === 'bracket' && given.kind === 'bracket') return compareBrackets(right, given, math);
  if (right.kind === 'union' && given.kind === 'union') return compareInAnyOrder(right.items, given.items, math);
  if (right.kind === 'infinity' && given.kind === 'infinity')
    return right.sign === given.sign
      ? equal('Both are infinite.')
      : different('They are infinite with different signs.');
  if (right.kind === 'matrix' && given.kind === 'matrix') return compareMatrices(right, given, math);
  const [a, b] = [right, given].map((form) =>
    form.kind === 'matrix' ? vectorOf(form) : form.kind === 'bracket' ? form.items : null,
  );
  if (a != null && b != null) return compareInOrder(a, b, math);
  return different(`One is ${NAMES[right.kind]}, the other ${NAMES[given.kind]}.`);
}

const NAMES: Readonly<Record<Form['kind'], string>> = {
  expression: 'an expression',
  infinity: 'infinite',
  set: 'a set of values',
  bracket: 'a point or an interval',
  union: 'a union of intervals',
  matrix: 'a matrix',
  relation: 'an equation',
  text: 'a text',
};

const LETTERS = /^[a-z]+$/;
/** Words, such as the name of a day; capitals do not matter. */
const WORDS = /^[a-z]{3,}$/;

function compare(right: string, given: string, math: MathLibrary): Comparison {
  for (const [side, text] of [['right', right] as const, ['given', given] as const]) {
    if (text.trim() === '') return notComparable(`The ${side} answer is empty.`);
    if (text.length > LONGEST_ANSWER)
      return notComparable(`The ${side} answer is longer than ${LONGEST_ANSWER} characters.`);
  }
  const words = plainText(right);
  if (right.replace(/\s/g, '') === given.replace(/\s/g, '') || (WORDS.test(words) && words === plainText(given)))
    return equal('They are written alike.');
  const formsOf = (text: string) => {
    const mathematics = tidied(text);
    return [...new Set([withoutThousands(mathematics), mathematics])].map((reading) => formOf(reading, math));
  };
  const formsGiven = formsOf(given);
  const found = formsOf(right).flatMap((form) => formsGiven.map((other) => compareForms(form, other, math)));
  return found.find(({ result }) => result === 'equal') ?? found[0]!;
}

/** Loads what answers are compared with (about 93 kB compressed), once. */
export async function loadComparison(): Promise<CompareAnswers> {
  const { math } = await import('./mathLibrary.ts');
  return (right, given) => compare(right, given, math);
}
