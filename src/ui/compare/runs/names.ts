// Short names of the runs that are shown, for legends and marks.

import { shortNames } from '../../../lab/compare/differing.ts';
import type { ComparedRun } from '../../../lab/compare/store.ts';

/** By the run's id. */
export function namesOf(runs: readonly ComparedRun[]): ReadonlyMap<string, string> {
  const names = shortNames(runs);
  return new Map(runs.map(({ run }, i) => [run.id, names[i]!]));
}
