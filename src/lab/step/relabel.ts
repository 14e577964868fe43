// "What would have been hot?" Recorded entropies judged by another threshold.

import type { Role } from '../../tasks/task.ts';
import type { SamplerConfig } from '../../temperature/schema.ts';

export interface JudgedToken {
  readonly entropyNats: number;
  /** null: not known. */
  readonly role: Role | null;
  readonly isHot: boolean;
}

export interface GateCounts {
  readonly tokens: number;
  readonly hot: number;
  /** Of the hot tokens of known role, the share that forks; null of none. */
  readonly precision: number | null;
  /** Of the tokens that fork, the share that is hot; null of none. */
  readonly recall: number | null;
}

/** Whether an entropy is hot by this threshold. */
export function isHotAt(entropyNats: number, thresholdNats: number, tie: SamplerConfig['tie']): boolean {
  return tie === 'strict' ? entropyNats > thresholdNats : entropyNats >= thresholdNats;
}

export function gateCounts(tokens: readonly JudgedToken[]): GateCounts {
  const known = tokens.filter(({ role }) => role !== null);
  const hot = known.filter(({ isHot }) => isHot);
  const forks = known.filter(({ role }) => role === 'fork');
  const hotForks = hot.filter(({ role }) => role === 'fork').length;
  return {
    tokens: tokens.length,
    hot: tokens.filter(({ isHot }) => isHot).length,
    precision: hot.length === 0 ? null : hotForks / hot.length,
    recall: forks.length === 0 ? null : hotForks / forks.length,
  };
}

/** The same tokens, hot or cold by one threshold for all. */
export function relabelled(
  tokens: readonly JudgedToken[],
  thresholdNats: number,
  tie: SamplerConfig['tie'],
): JudgedToken[] {
  return tokens.map((token) => ({ ...token, isHot: isHotAt(token.entropyNats, thresholdNats, tie) }));
}
