// Which weights an experiment is of, and which are loaded.

import type { ModelIdentity } from '../../../experiments/model/definition.ts';
import { bytesText } from '../../train/words.ts';
import type { LoadedModel } from '../calls.ts';
import type { ModelState } from '../modelStore.ts';

type Known = Pick<ModelState, 'fingerprint'> & { readonly model: LoadedModel };

/** What names the weights of a loaded model. Policies of one name differ by their fingerprint. */
export function identityOf({ model, fingerprint }: Known): ModelIdentity {
  const { name, dtype, description } = model;
  return {
    name: fingerprint === null ? name : `${name} ${fingerprint}`,
    dtype,
    weightsBytes: description.dtypes.find((choice) => choice.dtype === dtype)?.bytes ?? 0,
  };
}

const named = ({ name, dtype, weightsBytes }: ModelIdentity) => `${name} in ${dtype} (${bytesText(weightsBytes)})`;

/** Why this model cannot go on with the experiment, in one sentence; null: it can. */
export function otherModel(needed: ModelIdentity, loaded: ModelIdentity | null): string | null {
  if (loaded === null) return `This experiment is of ${named(needed)}, and no model is loaded: load that one first.`;
  const isSame =
    needed.name === loaded.name && needed.dtype === loaded.dtype && needed.weightsBytes === loaded.weightsBytes;
  if (isSame) return null;
  return `This experiment is of ${named(needed)}, and ${named(loaded)} is loaded: load the one that it is of.`;
}
