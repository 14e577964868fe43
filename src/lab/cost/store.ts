// The page's side of the cost of the method: measured when the reader asks, and never shown otherwise.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LabClient } from '../client.ts';
import type { CostOrder, CostReport } from './calls.ts';

export interface CostState {
  /** Share that is done; null: nothing is measured now. */
  readonly done: number | null;
  readonly report: CostReport | null;
  /** What the report was measured with. */
  readonly order: CostOrder | null;
  /** One sentence. */
  readonly failure: string | null;
}

export interface CostStore extends StoreApi<CostState> {
  readonly attach: (client: LabClient) => void;
  readonly measure: (order: CostOrder) => Promise<void>;
  readonly cancel: () => void;
  readonly dismiss: () => void;
}

export function createCostStore(): CostStore {
  const store = createStore<CostState>()(() => ({ done: null, report: null, order: null, failure: null }));
  let client: LabClient | null = null;
  let abort: AbortController | null = null;
  return {
    ...store,
    attach: (attached) => {
      abort?.abort();
      client = attached;
      // Another worker may be on another machine.
      store.setState({ report: null, order: null });
    },
    measure: async (order) => {
      if (client === null || abort !== null) return;
      const controller = new AbortController();
      abort = controller;
      store.setState({ done: 0, failure: null });
      try {
        const onProgress = (done: number) => store.setState({ done });
        const report = await client.call('cost/measure', order, { signal: controller.signal, onProgress });
        store.setState({ report, order });
      } catch (cause) {
        if (!controller.signal.aborted)
          store.setState({ failure: cause instanceof Error ? cause.message : String(cause) });
      } finally {
        abort = null;
        store.setState({ done: null });
      }
    },
    cancel: () => abort?.abort(),
    dismiss: () => store.setState({ failure: null }),
  };
}
