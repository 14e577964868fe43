// The page's side of the analysis: one worker, started when it is first asked.

import type { Results } from '../../experiments/results.ts';
import type { AnswerMessage, AskMessage, Asks } from './analysisWorker.ts';

interface Waiting {
  readonly take: (answer: Asks[keyof Asks]['answer']) => void;
  readonly fail: (reason: Error) => void;
}

export class Analyst {
  #worker: Worker | null = null;
  /** What the worker has. */
  #results: Results | null = null;
  #last = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** @throws Error, one sentence */
  ask<K extends keyof Asks>(results: Results, kind: K, ask: Asks[K]['ask']): Promise<Asks[K]['answer']> {
    this.#worker ??= this.#start();
    const id = ++this.#last;
    const isKnown = this.#results === results;
    this.#results = results;
    const answer = new Promise<Asks[keyof Asks]['answer']>((take, fail) => this.#waiting.set(id, { take, fail }));
    this.#worker.postMessage({ id, kind, ask, ...(!isKnown && { results }) } as AskMessage);
    // The worker answers each kind of question in kind.
    return answer as Promise<Asks[K]['answer']>;
  }

  #start(): Worker {
    const worker = new Worker(new URL('./analysisWorker.ts', import.meta.url), { type: 'module', name: 'analysis' });
    worker.addEventListener('message', ({ data }: MessageEvent<AnswerMessage>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ('failure' in data) waiting?.fail(new Error(data.failure));
      else waiting?.take(data.answer);
    });
    worker.addEventListener('error', () => {
      this.#worker = null;
      this.#results = null;
      for (const { fail } of this.#waiting.values()) fail(new Error('The statistics could not be computed.'));
      this.#waiting.clear();
    });
    return worker;
  }
}
