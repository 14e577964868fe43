// Which policy the Step room samples: a stored one, or the one that the Train room is training now.

import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { LoadPolicy, PolicyRef } from '../engine/policyRef.ts';

export type StepPolicyRef = PolicyRef | { readonly kind: 'live' };

export interface ResolvedPolicy {
  readonly checkpoint: Omit<LoadedCheckpoint, 'trainer'>;
  /** Another text whenever the weights are others. */
  readonly version: string;
}

/** @throws Error, one sentence, when there are no such weights */
export type PolicyResolver = (policy: StepPolicyRef) => Promise<ResolvedPolicy>;

/**
 * Stored policies never change, so their reference is their version.
 * @param live the weights that are being trained, as they are at this moment
 */
export function policyResolver(load: LoadPolicy, live: () => Promise<ResolvedPolicy> = refuse): PolicyResolver {
  return async (policy) =>
    policy.kind === 'live' ? live() : { checkpoint: await load(policy), version: JSON.stringify(policy) };
}

async function refuse(): Promise<ResolvedPolicy> {
  throw new Error('No policy is being trained at the moment; the base policy of the task is there.');
}
