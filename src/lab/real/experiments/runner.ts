// One run of an experiment on a language model: every cell that is not stored is drawn by the model's worker and handed to
// the engine's, which stores it. A cell that was not stored is drawn anew: whatever ends a run, nothing is half there.

import type { LabClient } from '../../client.ts';
import type { CellProgress } from '../calls.ts';
import type { ModelStore } from '../modelStore.ts';
import type { ModelWork } from './calls.ts';
import { identityOf, otherModel } from './identity.ts';
import type { ModelExperimentEntry, ModelExperimentProgress } from './state.ts';

export interface DrawParts {
  readonly engine: () => LabClient;
  readonly model: ModelStore;
  readonly id: string;
  /** Aborted, the run stops behind the present token. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Partial<ModelExperimentProgress>) => void;
  /** A cell was stored. */
  readonly onCell: (entry: ModelExperimentEntry) => void;
}

/**
 * Draws what is missing, one cell after the other.
 * @throws Error, one sentence: it is another model's, a tab has it, or drawing or storing failed; an AbortError when it
 * was paused
 */
export async function drawMissing(parts: DrawParts): Promise<void> {
  const { engine, id } = parts;
  const work: ModelWork = await engine().call('model-experiment/begin', { id });
  try {
    await drawCells(parts, work);
  } finally {
    // A worker that is gone holds no claim.
    await engine()
      .call('model-experiment/end', { id })
      .catch(() => undefined);
  }
}

async function drawCells(
  { engine, model, id, signal, onProgress, onCell }: DrawParts,
  { experiment, missing, queues }: ModelWork,
): Promise<void> {
  const loaded = loadedModel(model);
  const refusal = otherModel(experiment.model, loaded && identityOf(loaded));
  if (loaded === null || refusal !== null) throw new Error(refusal ?? 'No model is loaded.');

  // Of this model: one that is loaded in its place has another.
  const client = model.client();
  const cells = experiment.questions.length * experiment.arms.length;
  const kept = [...queues];
  const began = performance.now();
  let drawn = 0;
  let cellBegan = began;
  const secondsLeft = (): number | null => {
    if (drawn === 0) return null;
    const each = (cellBegan - began) / drawn;
    const now = Math.min(performance.now() - cellBegan, each);
    return ((missing.length - drawn) * each - now) / 1000;
  };
  for (const cell of missing) {
    signal.throwIfAborted();
    const done = cells - missing.length + drawn;
    const told = (steps: CellProgress) => onProgress({ done, cells, ...steps, secondsLeft: secondsLeft() });
    told({ steps: 0, mostSteps: experiment.maxNewTokens });
    const result = await client
      .call('real/cell', { experiment, cell, queuesBefore: kept[cell.arm]! }, { signal, onProgress: told })
      .catch((cause: unknown) => {
        if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
        if (loadedModel(model)?.model !== loaded.model) throw new Error(lostText(model));
        const { questions, arms } = experiment;
        const where = `question ${JSON.stringify(questions[cell.question]!.id)} by ${JSON.stringify(arms[cell.arm]!.name)}`;
        throw new Error(`${(cause as Error).message} That was ${where}; what was drawn is kept.`, { cause });
      });
    onCell(await engine().call('model-experiment/keep-cell', { id, cell: result }));
    kept[cell.arm] = result.queues;
    drawn += 1;
    cellBegan = performance.now();
  }
}

function loadedModel(store: ModelStore) {
  const { phase, model, fingerprint } = store.getState();
  return phase === 'loaded' && model !== null ? { model, fingerprint } : null;
}

/** Why the model went. */
const lostText = (store: ModelStore): string =>
  `${store.getState().refusal ?? 'The model was let go.'} What was drawn is kept: load the model again to go on.`;
