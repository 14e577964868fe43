// A policy as a model that transformers and transformers.js load, in a zip file. It is offered only after transformers.js
// has loaded it. Loaded only when it is asked for: it brings the zip library, and starts a worker with ONNX Runtime.

import { exportForTransformers } from '../../llm/export/exportPolicy.ts';
import type { Verification } from '../../llm/export/verifyExport.ts';
import type { FromVerifyWorker, ToVerifyWorker } from '../../llm/export/verifyWorker.ts';
import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import { parameterCount } from '../../policy/parameters.ts';
import { StorageError } from '../storage/errors.ts';
import type { TransferOptions } from '../storage/exportRun.ts';
import type { ExportedModel } from './calls.ts';
import { exportPolicy } from './exportPolicy.ts';

/** The check holds every weight as a float64 beside three copies of it in the files; a browser's tab has its limits. */
const MOST_PARAMETERS = 64_000_000;
/** Share of the whole, as it is shown, when the files are written. */
const WRITTEN = 0.05;

export interface ExportModelOptions extends TransferOptions {
  readonly name: string;
  /** What is read by the exported model, beside random tokens. */
  readonly texts: readonly string[];
}

/** @throws Error, one sentence, when it cannot be exported or the exported model is not the policy; AbortError */
export async function exportModel(
  checkpoint: LoadedCheckpoint,
  { name, texts, signal, onProgress }: ExportModelOptions,
): Promise<ExportedModel> {
  const { config, parameters, tokenizer } = checkpoint;
  const count = parameterCount(config);
  if (count > MOST_PARAMETERS)
    throw new StorageError(
      `The policy has ${count.toLocaleString('en')} parameters, but at most ${MOST_PARAMETERS.toLocaleString('en')} are exported here.`,
    );
  const files = exportForTransformers(checkpoint);
  onProgress?.(WRITTEN);
  const { tokens, special } = tokenizer!;
  const { largestDifference, positions } = await verified(
    { files, config, parameters, tokens, special, texts },
    { ...(signal !== undefined && { signal }), onProgress: (share) => onProgress?.(WRITTEN + (1 - WRITTEN) * share) },
  );
  return { ...(await exportPolicy(name, files)), largestDifference, positions };
}

/** Runs the check in a worker of its own, which a cancel ends at once. */
function verified(request: ToVerifyWorker, { signal, onProgress }: TransferOptions): Promise<Verification> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('../../llm/export/verifyWorker.ts', import.meta.url), {
    type: 'module',
    name: 'export check',
  });
  let cancel = () => {};
  const done = new Promise<Verification>((resolve, reject) => {
    cancel = () => reject(signal?.reason);
    worker.addEventListener('error', ({ message }) =>
      reject(new StorageError(`The exported model could not be checked${message ? ` (${message})` : ''}.`)),
    );
    worker.addEventListener('message', ({ data }: MessageEvent<FromVerifyWorker>) => {
      if ('progress' in data) onProgress?.(data.progress);
      else if ('verification' in data) resolve(data.verification);
      else reject(new StorageError(data.refusal));
    });
  });
  signal?.addEventListener('abort', cancel);
  worker.postMessage(request);
  return done.finally(() => {
    worker.terminate();
    signal?.removeEventListener('abort', cancel);
  });
}
