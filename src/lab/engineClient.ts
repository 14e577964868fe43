// The page's side of the conversation with the engine's worker.

import type { AnswerTo, FromWorker, Question, ToWorker } from './protocol.ts';

interface Waiting {
  readonly resolve: (answer: AnswerTo<Question>) => void;
  readonly reject: (cause: Error) => void;
}

export class EngineClient {
  /** Resolves with one sentence when the engine or its worker is gone. */
  readonly lost: Promise<string>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #questions = 0;
  /** Why nothing is answered any more. */
  #over: string | null = null;

  constructor() {
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' });
    this.lost = new Promise((resolve) => {
      const end = (sentence: string) => {
        this.#end(sentence);
        resolve(sentence);
      };
      this.#worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
        if ('lost' in data) end(data.lost);
        else this.#settle(data);
      });
      this.#worker.addEventListener('error', ({ message }) =>
        end(`The engine stopped${message ? ` (${message})` : ': its program could not be loaded'}.`),
      );
    });
  }

  /** @throws Error whose message is one readable sentence. */
  ask<Q extends Question>(question: Q): Promise<AnswerTo<Q>> {
    if (this.#over !== null) return Promise.reject(new Error(this.#over));
    const id = ++this.#questions;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as AnswerTo<Q>), reject });
      this.#worker.postMessage({ id, question } satisfies ToWorker);
    });
  }

  close(): void {
    this.#worker.terminate();
    this.#end('The engine was closed.');
  }

  #end(sentence: string): void {
    this.#over ??= sentence;
    for (const { reject } of this.#waiting.values()) reject(new Error(sentence));
    this.#waiting.clear();
  }

  #settle(message: Exclude<FromWorker, { lost: string }>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('answer' in message) waiting?.resolve(message.answer);
    else waiting?.reject(new Error(message.refusal));
  }
}
