// What there is to say of a base that was made here.

import type { PretrainConfig } from '../../grpo/pretrainConfig.ts';
import { taskByName } from '../../tasks/index.ts';
import type { BaseMeasurement } from './calls.ts';

/** '12.5 %'; '–' for null. */
export const percentText = (share: number | null): string => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);

/** How a base was made and what it can do, in one sentence. */
export function originOf(
  { task, difficulty, steps, seed }: PretrainConfig,
  stepsTaken: number,
  measurement: BaseMeasurement | null,
): string {
  const taken = stepsTaken < steps ? `${stepsTaken} of ${steps}` : String(steps);
  const made = `Pretrained here in ${taken} steps on ${taskByName(task).title} (${difficulty}, seed ${seed})`;
  if (measurement === null) return `${made}; not measured.`;
  const { pass1, pass16, prompts } = measurement;
  return `${made}: pass@1 ${percentText(pass1.mean)}, pass@16 ${percentText(pass16.mean)} of ${prompts} held-out problems.`;
}

/** A length of time as one would say it: '40 s', '3 min', '1 h 20 min'. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1) return 'less than 1 s';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
