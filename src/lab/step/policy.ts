// Which policy the Step room samples: a stored one, or the one that the Train room is training now.

import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import { crc32, crc32Hex } from '../../policy/crc32.ts';
import type { NamedTensors } from '../../policy/parameters.ts';
import type { LoadPolicy, PolicyRef } from '../engine/policyRef.ts';

export type StepPolicyRef = PolicyRef | { readonly kind: 'live' };

export interface ResolvedPolicy {
  readonly checkpoint: Omit<LoadedCheckpoint, 'trainer'>;
  /** Another text whenever the weights are others. */
  readonly version: string;
}

/**
 * The weights of a policy: those that were found last, or with `isFresh` those of this moment, so that a group is drawn by
 * one policy while another is training, or a rewound run writes its checkpoints anew.
 * @throws Error, one sentence, when there are no such weights
 */
export type PolicyResolver = (policy: StepPolicyRef, isFresh: boolean) => Promise<ResolvedPolicy>;

/** Policies in use at a time: the Step room's, its reference, the Learn room's. */
const MOST_KEPT = 4;

/** @param live the weights that are being trained, as they are at this moment */
export function policyResolver(load: LoadPolicy, live: () => Promise<ResolvedPolicy> = refuse): PolicyResolver {
  const kept = new Map<string, ResolvedPolicy>();
  return async (policy, isFresh) => {
    const key = JSON.stringify(policy);
    const known = kept.get(key);
    if (known !== undefined && !isFresh) return known;
    const found = policy.kind === 'live' ? await live() : await stored(policy, load);
    // The one that was asked for longest ago goes first.
    kept.delete(key);
    kept.set(key, found);
    for (const oldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(oldest);
    return found;
  };
}

async function stored(policy: PolicyRef, load: LoadPolicy): Promise<ResolvedPolicy> {
  const checkpoint = await load(policy);
  return { checkpoint, version: `${JSON.stringify(policy)} ${weightsHash(checkpoint.parameters)}` };
}

/** One text for equal weights; of all tensors, in the order they are stored. */
function weightsHash(parameters: NamedTensors): string {
  const sums = [...parameters.values()].map(({ data }) =>
    crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
  return crc32Hex(new Uint8Array(Uint32Array.from(sums).buffer));
}

async function refuse(): Promise<ResolvedPolicy> {
  throw new Error('No policy is being trained at the moment; the base policy of the task is there.');
}
