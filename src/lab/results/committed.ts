// The results that come with the page: files that real runs of this project gave, and what was found in them.

import * as v from 'valibot';
import { type Results, readResults } from '../../experiments/results.ts';
import { describeIssue, JsonError, parseStrictJson } from '../../policy/strictJson.ts';

const sentences = v.array(v.string());
const indexSchema = v.object({
  presets: v.array(
    v.object({
      name: v.string(),
      /** Inside the same folder. */
      file: v.pipe(v.string(), v.regex(/^[\w.-]+$/)),
      findings: v.object({ agrees: sentences, disagrees: sentences, open: sentences }),
    }),
  ),
});

export type CommittedIndex = v.InferOutput<typeof indexSchema>;
export type CommittedPreset = CommittedIndex['presets'][number];

/** Thrown for results that cannot be fetched or read; the message is one sentence. */
export class CommittedError extends Error {
  override readonly name = 'CommittedError';
}

const FOLDER = 'results';

/** @returns null when this copy of the page comes without results */
export async function fetchIndex(signal: AbortSignal): Promise<CommittedIndex | null> {
  const bytes = await fetched('index.json', signal);
  if (bytes === null) return null;
  try {
    const result = v.safeParse(indexSchema, parseStrictJson(bytes, 'results/index.json'));
    if (result.success) return result.output;
    throw new CommittedError(`results/index.json is not a list of results: ${describeIssue(result.issues, 'it')}`);
  } catch (cause) {
    throw cause instanceof JsonError ? new CommittedError(cause.message) : cause;
  }
}

export async function fetchResults(file: string, signal: AbortSignal): Promise<Results> {
  const bytes = await fetched(file, signal);
  if (bytes === null) throw new CommittedError(`results/${file} is not there.`);
  return readResults(bytes, file);
}

/** null: it is not there. */
async function fetched(file: string, signal: AbortSignal): Promise<Uint8Array | null> {
  const response = await fetch(new URL(`${FOLDER}/${file}`, document.baseURI), { signal });
  // A server that knows pages only answers with one.
  const isPage = response.headers.get('content-type')?.includes('text/html') ?? false;
  if (response.status === 404 || isPage) return null;
  if (!response.ok)
    throw new CommittedError(`results/${file} could not be fetched: the server said ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}
