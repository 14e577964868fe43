// Watches a run for the ways in which a policy collapses, and says which, with the numbers. Ours; nobody's standard.
//
// Every sign is told from metrics alone: means over a trailing window, against the run's own first window, because what
// is repetitive or certain differs from task to task. A sign warns when it appears, and again only after it was gone.

import type { MetricsRow } from './stages.ts';

export interface SentinelSettings {
  /** Steps that a mean is taken over. */
  readonly window: number;
  /** Repetition may exceed that of the first window by this much. */
  readonly repetitionRise: number;
  /** Entropy below both this share of the first window's and this many nats: hardly a choice is left. */
  readonly entropyShare: number;
  readonly entropyNats: number;
  /** Share of groups that all got the same reward. */
  readonly deadGroups: number;
  /** From this mean reward on, dead groups are solved problems and no collapse. */
  readonly solvedReward: number;
  /** One step's gradient norm over the median of the window before it. */
  readonly gradientFactor: number;
}

export const SENTINEL: SentinelSettings = {
  window: 8,
  repetitionRise: 0.25,
  entropyShare: 0.1,
  entropyNats: 0.05,
  deadGroups: 0.9,
  solvedReward: 0.95,
  gradientFactor: 10,
};

export const SIGNS = ['repetition', 'entropy-floor', 'dead-groups', 'gradient-spike'] as const;
export type Sign = (typeof SIGNS)[number];

export interface CollapseWarning {
  readonly sign: Sign;
  /** The step that it appeared after, and the first step of the window that shows it. */
  readonly step: number;
  readonly from: number;
  readonly value: number;
  readonly limit: number;
  /** What was seen, in one sentence. */
  readonly sentence: string;
}

const finite = (rows: readonly MetricsRow[], name: string): number[] =>
  rows.flatMap((row) => (typeof row[name] === 'number' && Number.isFinite(row[name]) ? row[name] : []));

/** null unless half of the rows have the metric. */
function meanOf(rows: readonly MetricsRow[], name: string): number | null {
  const values = finite(rows, name);
  return values.length * 2 < rows.length || values.length === 0
    ? null
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOf(rows: readonly MetricsRow[], name: string): number | null {
  const values = finite(rows, name).sort((a, b) => a - b);
  return values.length * 2 < rows.length || values.length === 0 ? null : values[values.length >> 1]!;
}

const shown = (value: number) => Number(value.toPrecision(2)).toString();
const percent = (share: number) => `${Math.round(100 * share)} %`;

/** Every sign that the first `count` rows end with. */
function signsAfter(rows: readonly MetricsRow[], count: number, settings: SentinelSettings): CollapseWarning[] {
  const { window } = settings;
  const last = rows[count - 1];
  // The first window is what the others are compared with.
  if (last === undefined || count < 2 * window) return [];
  const first = rows.slice(0, window);
  const now = rows.slice(count - window, count);
  const found: CollapseWarning[] = [];
  const { step } = last;
  const warn = (sign: Sign, from: number, value: number, limit: number, sentence: string) =>
    found.push({ sign, step, from, value, limit, sentence });
  const over = `over the ${window} steps to step ${step}`;

  const repetition = meanOf(now, 'repetition');
  const calm = meanOf(first, 'repetition');
  if (repetition !== null && calm !== null && repetition > calm + settings.repetitionRise)
    warn(
      'repetition',
      now[0]!.step,
      repetition,
      calm + settings.repetitionRise,
      `${percent(repetition)} of the token runs repeat an earlier one ${over}, against ${percent(calm)} at the start.`,
    );

  const entropy = meanOf(now, 'entropy');
  const open = meanOf(first, 'entropy');
  if (entropy !== null && open !== null) {
    const floor = Math.min(settings.entropyShare * open, settings.entropyNats);
    if (entropy < floor)
      warn(
        'entropy-floor',
        now[0]!.step,
        entropy,
        floor,
        `The mean entropy is ${shown(entropy)} nats ${over}, against ${shown(open)} at the start: hardly a choice is left.`,
      );
  }

  const dead = meanOf(now, 'dead_groups/observed');
  const reward = meanOf(now, 'reward');
  if (dead !== null && dead > settings.deadGroups && reward !== null && reward < settings.solvedReward)
    warn(
      'dead-groups',
      now[0]!.step,
      dead,
      settings.deadGroups,
      `${percent(dead)} of the groups are all right or all wrong ${over}, at a mean reward of ${shown(reward)}: there is hardly a signal to learn from.`,
    );

  const norm = last['grad_norm'];
  const usual = medianOf(rows.slice(count - 1 - window, count - 1), 'grad_norm');
  if (typeof norm === 'number' && usual !== null && usual > 0 && norm > settings.gradientFactor * usual)
    warn(
      'gradient-spike',
      step,
      norm,
      settings.gradientFactor * usual,
      `The gradient norm of step ${step} is ${shown(norm)}, ${shown(norm / usual)} times the median of the ${window} steps before it.`,
    );
  return found;
}

/**
 * The signs that appear with the last row: those that the rows without it did not end with.
 * @param rows all rows of the run, in order
 */
export function warningsAtEnd(
  rows: readonly MetricsRow[],
  settings: SentinelSettings = SENTINEL,
): readonly CollapseWarning[] {
  const before = new Set(signsAfter(rows, rows.length - 1, settings).map(({ sign }) => sign));
  return signsAfter(rows, rows.length, settings).filter(({ sign }) => !before.has(sign));
}

/** Every warning of a run, as it would have been given. */
export function warningsOf(
  rows: readonly MetricsRow[],
  settings: SentinelSettings = SENTINEL,
): readonly CollapseWarning[] {
  let before = new Set<Sign>();
  return rows.flatMap((_, i) => {
    const signs = signsAfter(rows, i + 1, settings);
    const appeared = signs.filter(({ sign }) => !before.has(sign));
    before = new Set(signs.map(({ sign }) => sign));
    return appeared;
  });
}
