// What the reader can turn, and the question that it puts to the engine.

import type { RollQuestion } from './protocol.ts';

export interface Settings {
  /** tau of tokens whose entropy is above the threshold. */
  readonly tauHigh: number;
  readonly tauLow: number;
  /** k: the threshold is this quantile of the entropy queue. */
  readonly coldFraction: number;
  readonly seed: number;
}

export const INITIAL_SETTINGS: Settings = { tauHigh: 1.2, tauLow: 0.6, coldFraction: 0.6, seed: 1 };

const ROWS = 4;
const TOKENS = 24;

/** Equation 3 of the paper with its own order and tie rule; the rollouts of the page share one queue. */
export function rollQuestion({ tauHigh, tauLow, coldFraction, seed }: Settings): RollQuestion {
  return {
    ask: 'roll',
    rows: ROWS,
    tokens: TOKENS,
    seed,
    sampler: {
      queue: { scope: 'run', order: 'push-first' },
      threshold: { rule: 'quantile', coldFraction },
      tie: 'strict',
      temperature: { rule: 'binary', high: tauHigh, low: tauLow },
    },
  };
}
