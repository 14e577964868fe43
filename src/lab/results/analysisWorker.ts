// A thread for the statistics, so that the page never waits for them.

import type { Results } from '../../experiments/results.ts';
import type { SeedStatistic } from '../../experiments/seedStatistics.ts';
import { type Analysis, analyse, type LadderCurves, ladderCurves, type Question } from './analysis.ts';

/** What may be asked of the worker, and what it answers. */
export interface Asks {
  readonly analysis: { readonly ask: Question; readonly answer: Analysis | null };
  readonly ladders: { readonly ask: SeedStatistic; readonly answer: readonly LadderCurves[] };
}

export type AskMessage = {
  [K in keyof Asks]: {
    readonly id: number;
    readonly kind: K;
    readonly ask: Asks[K]['ask'];
    /** undefined: those of the last message. */
    readonly results?: Results;
  };
}[keyof Asks];

export type AnswerMessage =
  | { readonly id: number; readonly answer: Asks[keyof Asks]['answer'] }
  | { readonly id: number; readonly failure: string };

let results: Results | null = null;

self.addEventListener('message', ({ data }: MessageEvent<AskMessage>) => {
  results = data.results ?? results;
  self.postMessage(answerTo(data, results));
});

function answerTo(message: AskMessage, known: Results | null): AnswerMessage {
  const { id } = message;
  try {
    if (known === null) throw new Error('No results were given.');
    const answer = message.kind === 'analysis' ? analyse(known, message.ask) : ladderCurves(known, message.ask);
    return { id, answer };
  } catch (cause) {
    return { id, failure: cause instanceof Error ? cause.message : String(cause) };
  }
}
