// Inequalities in one variable as intervals: x < 3 is (-\infty, 3), and -2 \le x \le 7 is [-2, 7].

import type { Form } from './form.ts';
import type { MathLibrary } from './mathLibrary.ts';

type Bracket = Form & { readonly kind: 'bracket' };

interface Bound {
  readonly variable: string;
  readonly side: 'upper' | 'lower';
  readonly end: Form;
  readonly isIncluded: boolean;
}

/** The variable that a form is, and nothing else; null for anything else. */
function variableOf(form: Form, math: MathLibrary): string | null {
  return form.kind === 'expression' && math.isSymbolNode(form.node) && form.node.name.startsWith('v_')
    ? form.node.name
    : null;
}

function boundOf(form: Form, math: MathLibrary): Bound | null {
  if (form.kind !== 'relation' || (form.relation !== '<' && form.relation !== '<=')) return null;
  const isIncluded = form.relation === '<=';
  const [left, right] = [variableOf(form.left, math), variableOf(form.right, math)];
  if (left !== null && right === null) return { variable: left, side: 'upper', end: form.right, isIncluded };
  return right !== null && left === null ? { variable: right, side: 'lower', end: form.left, isIncluded } : null;
}

/** The numbers for which an inequality, or a lower and an upper one at once, holds; null for other forms. */
export function intervalOf(form: Form, math: MathLibrary): Bracket | null {
  const bounds = (form.kind === 'set' ? form.items : [form]).map((item) => boundOf(item, math));
  const [first, second, ...more] = bounds;
  if (first == null || second === null || more.length > 0) return null;
  if (second !== undefined && (second.side === first.side || second.variable !== first.variable)) return null;
  const upper = first.side === 'upper' ? first : second;
  const lower = first.side === 'lower' ? first : second;
  return {
    kind: 'bracket',
    open: lower?.isIncluded ? '[' : '(',
    close: upper?.isIncluded ? ']' : ')',
    items: [lower?.end ?? { kind: 'infinity', sign: -1 }, upper?.end ?? { kind: 'infinity', sign: 1 }],
  };
}

/** Inequalities of which one must hold, as the intervals of a union; null when one of them is no interval. */
export function intervalsOf(form: Form, math: MathLibrary): readonly Bracket[] | null {
  const intervals = (form.kind === 'set' ? form.items : [form]).map((item) => intervalOf(item, math));
  return intervals.every((interval) => interval !== null) ? intervals : null;
}
