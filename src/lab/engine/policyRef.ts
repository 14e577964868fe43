// Which policy a room works with, as something that can be written in a message, a link or a table.

import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';

export type PolicyRef =
  /** The base that comes with the page. */
  | { readonly kind: 'base'; readonly task: string }
  /** One that was made or opened in this browser, by its id. */
  | { readonly kind: 'own'; readonly id: string }
  /** A checkpoint of a stored run, by its steps finished. */
  | { readonly kind: 'checkpoint'; readonly run: string; readonly step: number };

/** The weights and tokenizer of a reference. @throws Error, one sentence, when it is not there any more */
export type LoadPolicy = (policy: PolicyRef) => Promise<LoadedCheckpoint>;

export function samePolicy(a: PolicyRef, b: PolicyRef): boolean {
  switch (a.kind) {
    case 'base':
      return b.kind === 'base' && a.task === b.task;
    case 'own':
      return b.kind === 'own' && a.id === b.id;
    case 'checkpoint':
      return b.kind === 'checkpoint' && a.run === b.run && a.step === b.step;
  }
}
