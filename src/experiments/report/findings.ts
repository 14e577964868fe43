// What the results of this project's own runs say beside the paper, in words. Numbers come from the claims, and every
// claim is checked against the committed data by the tests.

import type { ExperimentPresetName } from '../presets.ts';
import type { Findings } from './claims.ts';

export const FINDINGS: Partial<Readonly<Record<ExperimentPresetName, Findings>>> = {};

/** @param name of a preset */
export function findingsOf(name: string): Findings {
  const found = Object.entries(FINDINGS).find(([preset]) => preset === name)?.[1];
  return found ?? { agrees: [], disagrees: [], open: [] };
}
