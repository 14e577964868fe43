// The page's state, outside of any user interface: which engine there is, what it rolled out, and which token is
// looked at. Views subscribe and draw the snapshot; they change it only through the methods.

import type { Rollout } from '../policy/engine.ts';
import { EngineClient } from './engineClient.ts';
import { Latest } from './latest.ts';
import type { EngineDescription } from './protocol.ts';
import { INITIAL_SETTINGS, rollQuestion, type Settings } from './settings.ts';

/** A sampled token: its rollout, and its place among the new tokens. */
export interface Place {
  readonly row: number;
  readonly index: number;
}

export interface LaboratoryState {
  /** null while it is being opened. */
  readonly engine: EngineDescription | null;
  readonly settings: Settings;
  readonly rollouts: readonly Rollout[];
  readonly place: Place;
  /** log softmax(z) that the token at `place` was drawn from, by token id; null until it is known. */
  readonly logp1: Float32Array | null;
  /** The first thing that went wrong, in one sentence. */
  readonly failure: string | null;
}

export class Laboratory {
  #state: LaboratoryState = {
    engine: null,
    settings: INITIAL_SETTINGS,
    rollouts: [],
    place: { row: 0, index: 0 },
    logp1: null,
    failure: null,
  };
  #client: EngineClient | null = null;
  readonly #views = new Set<() => void>();
  readonly #work = new Latest();
  /** The settings that the rollouts of the state were sampled with. */
  #rolled: Settings | null = null;

  readonly snapshot = (): LaboratoryState => this.#state;

  /** Calls `view` after every change; returns how to stop that. */
  readonly subscribe = (view: () => void): (() => void) => {
    this.#views.add(view);
    return () => this.#views.delete(view);
  };

  /** Starts an engine in a worker of its own, in place of one that is there. */
  async open(): Promise<void> {
    this.#client?.close();
    const client = new EngineClient();
    this.#client = client;
    this.#rolled = null;
    this.#set({ engine: null, failure: null });
    void client.lost.then((sentence) => this.#fail(client, new Error(sentence)));
    await this.#guard(client, async () => {
      const engine = await client.ask({ ask: 'open' });
      this.#set({ engine });
      this.#refresh();
    });
  }

  change(change: Partial<Settings>): void {
    this.#set({ settings: { ...this.#state.settings, ...change } });
    this.#refresh();
  }

  look(place: Place): void {
    this.#set({ place, logp1: null });
    this.#refresh();
  }

  /** Brings the rollouts and the distribution up to the settings and the place. */
  #refresh(): void {
    const client = this.#client;
    if (client === null || this.#state.engine === null) return;
    this.#work.run(() =>
      this.#guard(client, async () => {
        const { settings, place } = this.#state;
        const rollouts = settings === this.#rolled ? this.#state.rollouts : await client.ask(rollQuestion(settings));
        // Where a distribution is shown, both change at once; where none is yet, the tokens need not wait for it.
        if (this.#state.logp1 === null) this.#set({ rollouts });
        const { promptIds, ids } = rollouts[place.row]!;
        const prefix = [...promptIds, ...ids.subarray(0, place.index)];
        const logp1 = await client.ask({ ask: 'distribution', ids: prefix });
        this.#rolled = settings;
        this.#set({ rollouts, logp1: this.#state.place === place ? logp1 : null });
      }),
    );
  }

  /** Runs `work`; what goes wrong in it is shown, unless its engine was replaced meanwhile. */
  async #guard(client: EngineClient, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      this.#fail(client, cause instanceof Error ? cause : new Error(String(cause)));
    }
  }

  #fail(client: EngineClient, cause: Error): void {
    if (client === this.#client) this.#set({ failure: this.#state.failure ?? cause.message });
  }

  #set(change: Partial<LaboratoryState>): void {
    this.#state = { ...this.#state, ...change };
    for (const view of this.#views) view();
  }
}
