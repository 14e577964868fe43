// A run that this browser does not store: it trains like any other, and says all the time that it is not kept.

import { StorageError } from '../storage/errors.ts';
import type { RunWriter } from '../storage/runWriter.ts';

/** What a session needs of a RunWriter. */
export type Writer = Pick<
  RunWriter,
  'commit' | 'keep' | 'pin' | 'removeCheckpoint' | 'rewind' | 'setState' | 'setRolloutBudget' | 'continueOn' | 'close'
>;

/** @param why the sentence that every commit is answered with */
export function unstoredWriter(why: string): Writer {
  let steps = 0;
  const refuse = () => Promise.reject(new StorageError(why));
  const done = () => Promise.resolve();
  return {
    commit: async ({ finished }) => {
      if (finished !== null) steps++;
      return { saved: false, why, steps };
    },
    keep: refuse,
    pin: refuse,
    removeCheckpoint: refuse,
    rewind: refuse,
    setState: done,
    setRolloutBudget: refuse,
    continueOn: done,
    close: done,
  };
}
