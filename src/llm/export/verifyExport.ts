// Checks an exported model before anybody gets it: transformers.js loads the files, and must give the logits that the
// oracle in float64 gives, and the token ids and texts that our own tokenizer gives.

import type { CheckpointFiles, LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyConfig } from '../../policy/config.ts';
import { oneLine } from '../../policy/strictJson.ts';
import { forward, weightsFromTensors } from '../../reference/decoder.ts';
import { randomSource } from '../../tasks/random.ts';
import { ExportError } from './exportPolicy.ts';
import { type LoadedBack, loadBack, type RuntimeChoice } from './loadBack.ts';

/** Largest difference of a logit that is accepted. Float32 against float64 makes some 1e-6. */
export const MOST_DIFFERENCE = 1e-4;

const RANDOM_ROW = 24;
const SEED = 251_008_892;

export interface VerifyOptions extends RuntimeChoice {
  /** Prompts of the policy's task, say; they are read beside rows of random tokens. */
  readonly texts?: readonly string[];
  readonly signal?: AbortSignal;
  /** In [0, 1]. */
  readonly onProgress?: (done: number) => void;
}

/** What the files are compared with. */
export type VerifiedParts = Pick<LoadedCheckpoint, 'config' | 'parameters' | 'tokenizer'>;

export interface Verification {
  readonly largestDifference: number;
  /** Places of tokens at which all V logits were compared; read at once, and again token by token from the cache. */
  readonly positions: number;
}

/**
 * Loads the files of exportForTransformers as a user would, and compares.
 * @throws ExportError, one sentence: they do not load, or differ; AbortError
 */
export async function verifyExport(
  files: CheckpointFiles,
  { config, parameters, tokenizer }: VerifiedParts,
  { texts = [], signal, onProgress, ...runtime }: VerifyOptions,
): Promise<Verification> {
  signal?.throwIfAborted();
  const loaded = await explained('transformers.js could not load the exported model', () => loadBack(files, runtime));
  try {
    const rows = randomRows(config);
    for (const text of texts) {
      const ids = tokenizer!.encode(text);
      await compareTokenizers(loaded, text, ids, tokenizer!.decode(ids));
      rows.push(ids.subarray(0, config.maxPositions));
    }
    const weights = weightsFromTensors(config, parameters);
    let largestDifference = 0;
    let positions = 0;
    for (const [number, ids] of rows.entries()) {
      const expected = forward(config, weights, ids).logits;
      // The second time half of the row comes from the cache, token by token.
      for (const cached of new Set([0, ids.length >> 1])) {
        signal?.throwIfAborted();
        const actual = await explained('the exported model does not run', () => loaded.logits(ids, cached));
        largestDifference = Math.max(largestDifference, largest(actual, expected));
      }
      positions += ids.length;
      onProgress?.((number + 1) / rows.length);
    }
    // The negation also catches NaN.
    if (!(largestDifference <= MOST_DIFFERENCE))
      throw new ExportError(
        `The exported model is not offered: its logits differ from the policy's by ${largestDifference.toPrecision(2)}, and at most ${MOST_DIFFERENCE} is accepted.`,
      );
    return { largestDifference, positions };
  } finally {
    await loaded.dispose();
  }
}

/** Rows of one token, of two, and of more; every run draws the same. */
function randomRows({ vocabulary, maxPositions }: PolicyConfig): Int32Array[] {
  return [1, 2, RANDOM_ROW].map((length, index) => {
    const random = randomSource(SEED, index);
    return Int32Array.from({ length: Math.min(length, maxPositions) }, () => random.below(vocabulary));
  });
}

async function compareTokenizers(loaded: LoadedBack, text: string, ids: Int32Array, decoded: string): Promise<void> {
  const theirs = await explained('the exported tokenizer does not run', async () => {
    const encoded = loaded.tokenizer.encode(text);
    return { ids: encoded, decoded: loaded.tokenizer.decode(encoded) };
  });
  if (theirs.ids.length !== ids.length || theirs.ids.some((id, i) => id !== ids[i]) || theirs.decoded !== decoded)
    throw new ExportError(
      oneLine(`The exported model is not offered: its tokenizer reads ${JSON.stringify(text)} in another way.`),
    );
}

function largest(actual: Float32Array, expected: Float64Array): number {
  let difference = actual.length === expected.length ? 0 : Number.NaN;
  // Math.max passes NaN on.
  for (let i = 0; i < actual.length; i++) difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
  return difference;
}

/** Errors of the runtime as one sentence. */
async function explained<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ExportError(oneLine(`The exported model is not offered: ${what} (${reason}).`), { cause });
  }
}
