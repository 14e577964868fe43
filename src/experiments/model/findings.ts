// What an experiment on a language model says, as numbers that are ready to be shown. (analyse.ts makes them.)

import type { Interval, PairedComparison } from '../../grpo/statistics.ts';

/** Rates over questions; intervals are bootstraps over questions, at 95 %. */
export interface ArmRates {
  /** Questions whose cell is there. */
  readonly questions: number;
  /** avg@n. null: no question is done. */
  readonly avg: Interval | null;
  /** pass@k by k, unbiased. */
  readonly pass: readonly { readonly k: number; readonly rate: Interval }[];
}

export interface ArmFindings extends ArmRates {
  readonly name: string;
  readonly byDomain: readonly (ArmRates & { readonly domain: string })[];
  /** Against the first arm, over the questions that both have; null for the first arm, and without such a question. */
  readonly difference: {
    readonly questions: number;
    /** Share of rollouts whose tokens are those of the first arm: with the same noise, what the rule did not change. */
    readonly sameRollouts: number;
    readonly avg: PairedComparison;
    readonly pass: readonly { readonly k: number; readonly rate: PairedComparison }[];
  } | null;
  readonly rollouts: number;
  readonly tokens: number;
  /** Tokens a rollout; null: none. */
  readonly meanLength: number | null;
  /** Share of rollouts that ended by themselves. */
  readonly finished: number | null;
  /** Share of tokens that the gate called hot. */
  readonly hotShare: number | null;
  /** Mean entropy at tau 1 over tokens, nats. */
  readonly entropyNats: number | null;
  /** Distinct answers a question, of those that were given. */
  readonly distinctAnswers: number | null;
  /** Rollouts by outcome, most frequent first. */
  readonly outcomes: readonly { readonly outcome: string; readonly rollouts: number }[];
}

/** Entropies at tau 1 of all tokens of one domain, drawn by one arm. */
export interface DomainEntropies {
  readonly domain: string;
  readonly questions: number;
  readonly tokens: number;
  /** counts[i]: tokens with an entropy in [i, i + 1) times binNats. */
  readonly binNats: number;
  readonly counts: readonly number[];
  readonly quantilesNats: { readonly p10: number; readonly p50: number; readonly p80: number; readonly p90: number };
  /** Mean over tokens, with a bootstrap over questions: tokens of one question are not independent. */
  readonly meanNats: Interval;
  readonly hotShare: number;
}

/** One token of the vocabulary, over every place where it was drawn. */
export interface TokenEntropies {
  readonly id: number;
  readonly piece: string;
  readonly count: number;
  /** Mean and 10th to 90th percentile of the entropy it was drawn from, nats, at tau 1. */
  readonly meanNats: number;
  readonly p10Nats: number;
  readonly p90Nats: number;
  readonly hotShare: number;
  /** Mean probability at tau 1 that it was drawn with. */
  readonly meanP1: number;
  /** By index of ArmEntropies.domains. */
  readonly byDomain: readonly number[];
}

export interface ArmEntropies {
  readonly name: string;
  readonly domains: readonly DomainEntropies[];
  /** Every token that was drawn, highest mean entropy first, equal ones by rising id. */
  readonly tokens: readonly TokenEntropies[];
}

/** How often each answer was given to one question. */
export interface QuestionFindings {
  readonly id: string;
  readonly domain: string;
  readonly words: string;
  /** The expected answer, where it is known. */
  readonly answer: string | null;
  /** Correct rollouts of n by arm; null: the cell is not there. */
  readonly correct: readonly (number | null)[];
}

export interface ModelFindings {
  /** n. */
  readonly rollouts: number;
  readonly done: number;
  readonly cells: number;
  /** In order of appearance. */
  readonly domains: readonly string[];
  readonly arms: readonly ArmFindings[];
  /** Of arms with a cell. */
  readonly entropies: readonly ArmEntropies[];
  readonly questions: readonly QuestionFindings[];
  /** What ran the cells; more than one is worth a warning. */
  readonly adapters: readonly string[];
  readonly seconds: number;
  /** Sentences that may be said from the intervals, each with its figures; a difference only where the interval excludes 0. */
  readonly sentences: readonly string[];
}
