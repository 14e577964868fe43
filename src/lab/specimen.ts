// The policy that the page shows before anything is trained: random weights, small, over the letters of the alphabet.
// It knows nothing; it is there so that the sampler has real, differing distributions to work on.

import type { PolicyConfig } from '../policy/config.ts';
import { initialParameters } from '../policy/initialise.ts';
import { HEAD, type NamedTensors } from '../policy/parameters.ts';

/** What each token id is written as. */
export const GLYPHS: readonly string[] = [...'·abcdefghijklmnopqrstuvwxyz'];

export const SPECIMEN_CONFIG: PolicyConfig = {
  layers: 2,
  width: 64,
  heads: 4,
  kvHeads: 2,
  headWidth: 16,
  mlpWidth: 128,
  vocabulary: GLYPHS.length,
  tied: false,
  ropeTheta: 10_000,
  rmsEpsilon: 1e-6,
  maxPositions: 64,
};

/** Every rollout starts from this one token. */
export const SPECIMEN_PROMPT = Int32Array.of(0);

const WEIGHTS_SEED = 20_251_008;

/**
 * The usual initial deviation of the head makes logits of deviation .16, so nearly uniform distributions; this much
 * more spreads the entropies over .1 to 2.3 nats.
 */
const HEAD_GAIN = 20;

export function specimenParameters(): NamedTensors {
  const parameters = initialParameters(SPECIMEN_CONFIG, WEIGHTS_SEED);
  const head = parameters.get(HEAD)!;
  return parameters.set(HEAD, { shape: head.shape, data: head.data.map((w) => w * HEAD_GAIN) });
}
