import { useEffect, useState } from 'react';
import type { Results } from '../../../experiments/results.ts';
import type { Asks } from '../../../lab/results/analysisWorker.ts';
import { analyst } from './viewStore.ts';

export interface Answer<K extends keyof Asks> {
  /** The last one that came; null before the first. */
  readonly answer: Asks[K]['answer'] | null;
  /** Whether it is of what was asked last. */
  readonly isCurrent: boolean;
  readonly failure: string | null;
}

/**
 * The statistics of results, computed beside the page; what was there stays until the new is.
 * @param ask equal text, equal question
 */
export function useAnalysis<K extends keyof Asks>(results: Results, kind: K, ask: Asks[K]['ask']): Answer<K> {
  const [state, setState] = useState<Answer<K>>({ answer: null, isCurrent: false, failure: null });
  const text = JSON.stringify(ask);
  useEffect(() => {
    let isWanted = true;
    setState((before) => ({ ...before, isCurrent: false }));
    analyst.ask(results, kind, JSON.parse(text) as Asks[K]['ask']).then(
      (answer) => isWanted && setState({ answer, isCurrent: true, failure: null }),
      (cause: Error) => isWanted && setState((before) => ({ ...before, failure: cause.message })),
    );
    return () => {
      isWanted = false;
    };
  }, [results, kind, text]);
  return state;
}
