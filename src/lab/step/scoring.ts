// Scores of whole groups: asked for one at a time, the newest wish first; the last one is kept.

import type { RunConfig } from '../../grpo/runConfig.ts';
import type { LabClient } from '../client.ts';
import { Latest } from '../latest.ts';
import { type Branch, openRow } from './branches.ts';
import type { ShownGroup } from './group.ts';
import type { GroupScore } from './groupScore.ts';
import type { StepPolicyRef } from './policy.ts';
import { branchRecords, branchRuleTau } from './records.ts';
import type { Strip } from './take.ts';

/** A score and what it is of. */
export interface KnownScore {
  readonly strips: readonly Strip[];
  /** scoreKey */
  readonly key: string;
  /** null: it could not be scored, see refusal. */
  readonly score: GroupScore | null;
  /** One sentence. */
  readonly refusal: string | null;
}

/** What of the settings a score depends on. */
export function scoreKey(
  { loss, lossTemperature, optimizer, sampler, seed, maxNewTokens }: RunConfig,
  updates: number,
) {
  return JSON.stringify([loss, lossTemperature, optimizer, sampler, seed, maxNewTokens, updates]);
}

export interface ScoreWish {
  readonly group: ShownGroup;
  readonly branch: Branch;
  readonly config: RunConfig;
  readonly policy: StepPolicyRef;
  readonly updates: number;
}

export function isScorable(branch: Branch): boolean {
  return openRow(branch, 0) === null;
}

export class Scoring {
  readonly #latest = new Latest();
  #asked: Pick<KnownScore, 'strips' | 'key'> | null = null;

  /** Asks for the score of a whole group unless that was asked already, and tells it when it is known. */
  ask(
    client: LabClient,
    { group, branch, config, policy, updates }: ScoreWish,
    tell: (known: KnownScore) => void,
  ): void {
    const key = scoreKey(config, updates);
    const { strips } = branch;
    if (this.#asked?.strips === strips && this.#asked.key === key) return;
    this.#asked = { strips, key };
    this.#latest.run(async () => {
      try {
        const rollouts = branchRecords(group, branch, config);
        const ruleTau = branchRuleTau(branch, config);
        const score = await client.call('step/score', { policy, config, rollouts, ruleTau, updates });
        tell({ strips, key, score, refusal: null });
      } catch (cause) {
        if (this.#asked?.key === key) this.#asked = null;
        tell({ strips, key, score: null, refusal: cause instanceof Error ? cause.message : String(cause) });
      }
    });
  }
}
