// What the reader drafts and looks at in the experiments of the Real model room. It outlives the room.

import { createStore } from 'zustand/vanilla';
import { FIRST_MODEL_DRAFT, type ModelDraft } from '../../../lab/real/experiments/draft.ts';
import { createSharedView } from '../../charts/view.ts';

export const modelDraft = createStore<ModelDraft>()(() => FIRST_MODEL_DRAFT);

/** Of pass@k over k. */
export const passView = createSharedView({
  name: 'k',
  plural: 'values of k',
  title: 'k, rollouts that may be tried',
  scale: 'log',
});
