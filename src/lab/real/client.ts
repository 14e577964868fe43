// The page's end of the conversation with the worker that holds the language model.

import { connectWorker, type LabClient } from '../client.ts';

/** Starts the worker that reads what is stored of experiments on language models; it is started again when it broke. */
export function startReadingWorker(onBroken: () => void): LabClient {
  const worker = new Worker(new URL('./experiments/readingWorker.ts', import.meta.url), {
    type: 'module',
    name: 'reading',
  });
  return connectWorker(worker, 'reading', onBroken);
}

/** Starts the worker. `onBroken` hears, in one sentence, that the worker itself is gone. */
export function startModelWorker(onBroken: (sentence: string) => void): LabClient {
  const worker = new Worker(new URL('./modelWorker.ts', import.meta.url), { type: 'module', name: 'language model' });
  return connectWorker(worker, 'model', onBroken);
}
