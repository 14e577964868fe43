// What the bars of the strips are coloured by.

import type { Role } from '../../tasks/task.ts';
import type { GroupScore } from './groupScore.ts';
import type { Strip } from './take.ts';

export const COLOURS = {
  class: { name: 'hot or cold', kind: 'class' },
  role: { name: 'true role', kind: 'role' },
  entropy: { name: 'entropy', kind: 'rising' },
  tau: { name: 'temperature', kind: 'rising' },
  logp: { name: 'log-prob at τ', kind: 'rising' },
  advantage: { name: 'advantage', kind: 'signed' },
  ratio: { name: 'log ratio', kind: 'signed' },
  share: { name: 'gradient share', kind: 'rising' },
  difference: { name: 'logp at τ − at 1', kind: 'signed' },
} as const satisfies Readonly<Record<string, { readonly name: string; readonly kind: Paint['kind'] }>>;

export type ColourBy = keyof typeof COLOURS;
export const COLOUR_NAMES = Object.keys(COLOURS) as ColourBy[];

/** True: only a scored group has these numbers. */
export function needsScore(by: ColourBy): boolean {
  return by === 'advantage' || by === 'ratio' || by === 'share';
}

/** How one token is painted. */
export type Paint =
  | { readonly kind: 'class' }
  | { readonly kind: 'role'; readonly role: Role | null }
  /** value in [0, 1]. */
  | { readonly kind: 'rising'; readonly value: number }
  /** value in [-1, 1]. */
  | { readonly kind: 'signed'; readonly value: number };

/** The number that a colour stands for; null where it is not known. */
export function colourNumber(
  by: ColourBy,
  strip: Strip,
  row: number,
  index: number,
  score: GroupScore | null,
): number | null {
  const { rollout } = strip;
  const scored = score?.rollouts[row]?.scored;
  switch (by) {
    case 'class':
    case 'role':
      return null;
    case 'entropy':
      return rollout.entropyNats[index]!;
    case 'tau':
      return rollout.tau[index]!;
    case 'logp':
      return rollout.logpTau[index]!;
    case 'difference':
      return rollout.logpTau[index]! - rollout.logp1[index]!;
    case 'advantage':
      return scored?.advantage ?? null;
    case 'ratio':
      return scored === undefined ? null : Math.log(scored.ratio[index]!);
    case 'share':
      return scored?.gradientShare[index] ?? null;
  }
}

export interface ColourScale {
  readonly least: number;
  readonly most: number;
}

/** The range of a colour's numbers over the revealed tokens; null of none. */
export function colourScale(
  by: ColourBy,
  strips: readonly Strip[],
  revealed: readonly number[],
  score: GroupScore | null,
): ColourScale | null {
  const numbers = strips.flatMap((strip, row) =>
    Array.from({ length: revealed[row]! }, (_, t) => colourNumber(by, strip, row, t, score)),
  );
  const known = numbers.filter((x): x is number => x !== null && Number.isFinite(x));
  if (known.length === 0) return null;
  return { least: known.reduce((a, b) => Math.min(a, b)), most: known.reduce((a, b) => Math.max(a, b)) };
}

/** Where a number stands on its scale. */
export function paintOf(by: ColourBy, number: number | null, scale: ColourScale | null, role: Role | null): Paint {
  const { kind } = COLOURS[by];
  if (kind === 'role') return { kind, role };
  if (kind === 'class') return { kind };
  if (number === null || scale === null) return { kind, value: 0 };
  if (kind === 'signed') {
    const size = Math.max(Math.abs(scale.least), Math.abs(scale.most));
    return { kind, value: size === 0 ? 0 : Math.max(-1, Math.min(1, number / size)) };
  }
  const width = scale.most - scale.least;
  return { kind, value: width === 0 ? 0.5 : Math.max(0, Math.min(1, (number - scale.least) / width)) };
}
