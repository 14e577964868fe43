// What of a training run the whole page shows, whichever room is open: the Train room's store writes it.

import type { RunConfig } from '../grpo/runConfig.ts';

export interface RunStatus {
  readonly phase: 'none' | 'running' | 'paused' | 'failed';
  /** Steps finished. */
  readonly step: number;
  /** What it does or why it stands still, in a few words; null: nothing to add. */
  readonly detail: string | null;
  /** What the run uses, live changes included; null: there is none. Settings that differ are "not applied yet". */
  readonly appliedConfig: RunConfig | null;
}

export const NO_RUN: RunStatus = { phase: 'none', step: 0, detail: null, appliedConfig: null };
