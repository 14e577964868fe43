/** Something that happened in a run, shown in its charts as a vertical line with a sign and a text. */
export interface Mark {
  readonly step: number;
  readonly kind: MarkKind;
  readonly text: string;
  /** Key of the line whose run it happened in; none: of the one run that all lines are of. */
  readonly line?: string;
}

export type MarkKind = 'change' | 'checkpoint' | 'warning';

/** The sign of each kind; a kind is told by its sign, not by its colour. */
export const MARK_SIGNS: Readonly<Record<MarkKind, string>> = { change: '✎', checkpoint: '⚑', warning: '⚠' };
