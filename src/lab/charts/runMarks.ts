// What happened in a run, as marks of its charts.

import type { Annotation } from '../../grpo/stages.ts';
import type { Mark } from './marks.ts';
import { exactText } from './scale.ts';

/** The part of a checkpoint that a mark tells of. */
interface MarkedCheckpoint {
  readonly step: number;
  readonly label: string | null;
}

/** The part of a warning that a mark tells of. */
interface MarkedWarning {
  readonly step: number;
  readonly sentence: string;
}

const NAMES = {
  high: 'T_high',
  low: 'T_low',
  tau: 'τ',
  threshold: 'threshold',
  queueCapacity: 'queue N',
  learningRate: 'learning rate',
} as const satisfies Readonly<Record<Exclude<keyof Annotation, 'step' | 'stage'>, string>>;

/** A live change in words: "T_high 1.4, learning rate 0.0002". */
export function changeText(change: Omit<Annotation, 'step' | 'stage'>): string {
  const parts = (Object.keys(NAMES) as (keyof typeof NAMES)[]).flatMap((name) => {
    const value = change[name];
    return value === undefined ? [] : [`${NAMES[name]} ${exactText(value)}`];
  });
  return parts.join(', ');
}

/** All marks, in the order of their steps. Checkpoints without a label are too many and too regular to be marked. */
export function marksOf(
  annotations: readonly Annotation[],
  checkpoints: readonly MarkedCheckpoint[],
  warnings: readonly MarkedWarning[],
): Mark[] {
  return [
    ...annotations.map((change): Mark => ({ step: change.step, kind: 'change', text: changeText(change) })),
    ...checkpoints.flatMap(({ step, label }): Mark[] =>
      label === null ? [] : [{ step, kind: 'checkpoint', text: `checkpoint ${label}` }],
    ),
    ...warnings.map(({ step, sentence }): Mark => ({ step, kind: 'warning', text: sentence })),
  ].sort((a, b) => a.step - b.step);
}
