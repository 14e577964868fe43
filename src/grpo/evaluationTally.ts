// What an evaluation counts, rollout by rollout; memory does not grow with their number.

import type { CharacterRoles } from '../tasks/characterRoles.ts';
import type { Outcome, Role, Verdict } from '../tasks/task.ts';
import type { TokenRecords } from '../temperature/record.ts';

export const OUTCOMES = [
  'ok',
  'wrong answer',
  'wrong arithmetic',
  'illegal',
  'unfinished',
  'format',
] as const satisfies readonly Outcome[];
const ROLES = ['fork', 'knowledge', 'format'] as const satisfies readonly Role[];

/** Width of a histogram bin: fine enough to tell the two entropy modes apart, coarse enough for a thousand tokens. */
export const ENTROPY_BIN_NATS = 0.05;

/** How many tokens had an entropy in [i, i + 1) times binNats, by the true role of their place. */
export interface EntropyHistogram {
  readonly binNats: number;
  readonly fork: readonly number[];
  readonly knowledge: readonly number[];
  readonly format: readonly number[];
  /** Tokens after the first illegal one, or of a problem whose roles are not known. */
  readonly unknown: readonly number[];
}

/** Of the tokens whose true role is known. Null: there is none to take the share of. */
export interface GateQuality {
  /** Share of hot tokens that fork. */
  readonly precision: number | null;
  /** Share of forks that are hot. */
  readonly recall: number | null;
}

/** Mean entropies at tau 1 by true role, nats; null where there was no such token. */
export type EntropyByRole = Readonly<Record<Role | 'all', number | null>>;

export interface TallySummary {
  readonly rollouts: number;
  readonly tokens: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly entropyNats: EntropyByRole;
  readonly histogram: EntropyHistogram;
  readonly gate: GateQuality;
  /** Of the tokens up to the first illegal one whose place allows one character only by the facts: the share that is it. */
  readonly knowledgeRight: number | null;
  /** Tokens a rollout, the stop included. */
  readonly meanLength: number;
}

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);

export class EvaluationTally {
  readonly #outcomes: Record<Outcome, number> = {
    ok: 0,
    'wrong answer': 0,
    'wrong arithmetic': 0,
    illegal: 0,
    unfinished: 0,
    format: 0,
  };
  /** Tokens and sums of entropy by role, `unknown` included. */
  readonly #count = { fork: 0, knowledge: 0, format: 0, unknown: 0 };
  readonly #nats = { fork: 0, knowledge: 0, format: 0, unknown: 0 };
  readonly #bins: Record<Role | 'unknown', number[]>;
  #rollouts = 0;
  #hotForks = 0;
  #hotKnown = 0;
  #knowledgeRight = 0;

  /** @param vocabulary tokens that the policy chooses from: ln of it bounds an entropy */
  constructor(vocabulary: number) {
    const length = Math.floor(Math.log(vocabulary) / ENTROPY_BIN_NATS) + 1;
    const bins = () => new Array<number>(length).fill(0);
    this.#bins = { fork: bins(), knowledge: bins(), format: bins(), unknown: bins() };
  }

  add(
    { entropyNats, hot }: Pick<TokenRecords, 'entropyNats' | 'hot'>,
    { outcome }: Verdict,
    { roles, legal }: CharacterRoles,
  ): void {
    this.#rollouts += 1;
    this.#outcomes[outcome] += 1;
    for (let t = 0; t < entropyNats.length; t++) {
      const role = roles[t] ?? 'unknown';
      const bins = this.#bins[role];
      // Rounding may lift an entropy a hair above ln V.
      const bin = Math.min(bins.length - 1, Math.floor(entropyNats[t]! / ENTROPY_BIN_NATS));
      bins[bin]! += 1;
      this.#count[role] += 1;
      this.#nats[role] += entropyNats[t]!;
      if (role === 'knowledge' && t < legal) this.#knowledgeRight += 1;
      if (role === 'unknown' || hot[t] !== 1) continue;
      this.#hotKnown += 1;
      if (role === 'fork') this.#hotForks += 1;
    }
  }

  summary(): TallySummary {
    const { fork, knowledge, format, unknown } = this.#count;
    const tokens = fork + knowledge + format + unknown;
    const nats = ROLES.reduce((sum, role) => sum + this.#nats[role], this.#nats.unknown);
    return {
      rollouts: this.#rollouts,
      tokens,
      outcomes: { ...this.#outcomes },
      entropyNats: {
        all: share(nats, tokens),
        fork: share(this.#nats.fork, fork),
        knowledge: share(this.#nats.knowledge, knowledge),
        format: share(this.#nats.format, format),
      },
      histogram: {
        binNats: ENTROPY_BIN_NATS,
        fork: [...this.#bins.fork],
        knowledge: [...this.#bins.knowledge],
        format: [...this.#bins.format],
        unknown: [...this.#bins.unknown],
      },
      gate: { precision: share(this.#hotForks, this.#hotKnown), recall: share(this.#hotForks, fork) },
      knowledgeRight: share(this.#knowledgeRight, knowledge),
      meanLength: tokens / this.#rollouts,
    };
  }
}
