// Next-token distributions of the places that are looked at: asked for one at a time, the newest wish first, and kept.

import type { LabClient } from '../client.ts';
import { Latest } from '../latest.ts';
import type { NextToken } from './calls.ts';
import type { StepPolicyRef } from './policy.ts';

const MOST_KEPT = 400;

export class Distributions {
  readonly #kept = new Map<string, NextToken>();
  readonly #latest = new Latest();

  known(key: string): NextToken | undefined {
    return this.#kept.get(key);
  }

  /** Asks for the distribution after `ids` and calls `then` when it is known, or `refuse` with the cause. */
  ask(
    client: LabClient,
    key: string,
    wish: { readonly policy: StepPolicyRef; readonly ids: Int32Array },
    then: () => void,
    refuse: (cause: unknown) => void,
  ): void {
    this.#latest.run(async () => {
      try {
        const found = await client.call('step/distribution', wish);
        if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
        this.#kept.set(key, found);
        then();
      } catch (cause) {
        refuse(cause);
      }
    });
  }
}
