// The page's end of the conversation with the worker.

import type { CallName, FromWorker, Input, News, NewsName, Output, Progress, ToWorker } from './protocol.ts';

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (cause: Error) => void;
  readonly onProgress: ((progress: unknown) => void) | undefined;
}

export interface CallOptions<P> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: P) => void;
}

/** What carries the messages: a dedicated worker, or two objects in a test. */
export interface Line {
  readonly send: (message: ToWorker) => void;
  readonly close: () => void;
}

export class LabClient {
  readonly #line: Line;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<NewsName, Set<(body: never) => void>>();
  #calls = 0;
  /** Why nothing is answered any more. */
  #over: string | null = null;

  constructor(line: Line) {
    this.#line = line;
  }

  /** @throws Error whose message is one readable sentence; a DOMException named AbortError when it was cancelled */
  call<N extends CallName>(call: N, input: Input<N>, options: CallOptions<Progress<N>> = {}): Promise<Output<N>> {
    const { signal, onProgress } = options;
    if (this.#over !== null) return Promise.reject(new Error(this.#over));
    if (signal?.aborted === true) return Promise.reject(aborted());
    const id = ++this.#calls;
    const cancel = () => this.#line.send({ cancel: id });
    signal?.addEventListener('abort', cancel);
    return new Promise<Output<N>>((resolve, reject) => {
      this.#waiting.set(id, {
        resolve: (output) => resolve(output as Output<N>),
        reject,
        onProgress: onProgress && ((progress) => onProgress(progress as Progress<N>)),
      });
      this.#line.send({ id, call, input });
    }).finally(() => signal?.removeEventListener('abort', cancel));
  }

  /** Hears one kind of news; returns how to stop that. */
  on<N extends NewsName>(news: N, hear: (body: News[N]) => void): () => void {
    const listeners = this.#listeners.get(news) ?? new Set();
    this.#listeners.set(news, listeners.add(hear as (body: never) => void));
    return () => listeners.delete(hear as (body: never) => void);
  }

  /** Takes a message of the worker. */
  receive(message: FromWorker): void {
    if ('news' in message) {
      for (const hear of this.#listeners.get(message.news) ?? []) hear(message.body as never);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if ('progress' in message) {
      waiting?.onProgress?.(message.progress);
      return;
    }
    this.#waiting.delete(message.id);
    if ('output' in message) waiting?.resolve(message.output);
    else waiting?.reject(message.isAbort ? aborted() : new Error(message.refusal));
  }

  /** Ends the conversation: what waits, and every later call, is refused with this sentence. */
  end(sentence: string): void {
    if (this.#over !== null) return;
    this.#over = sentence;
    this.#line.close();
    for (const { reject } of this.#waiting.values()) reject(new Error(sentence));
    this.#waiting.clear();
  }
}

function aborted(): DOMException {
  return new DOMException('It was cancelled.', 'AbortError');
}

/** Starts the worker. `onBroken` hears, in one sentence, that the worker itself is gone. */
export function startWorker(onBroken: (sentence: string) => void): LabClient {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'engine' });
  return connectWorker(worker, 'engine', onBroken);
}

/** A client of a worker that answers by serve.ts. @param what the worker is, for people: 'engine' */
export function connectWorker(worker: Worker, what: string, onBroken: (sentence: string) => void): LabClient {
  const client = new LabClient({
    send: (message) => worker.postMessage(message),
    close: () => worker.terminate(),
  });
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => client.receive(data));
  worker.addEventListener('error', ({ message }) => {
    const sentence = `The ${what} stopped${message ? ` (${message})` : ': its program could not be loaded'}.`;
    client.end(sentence);
    onBroken(sentence);
  });
  return client;
}
