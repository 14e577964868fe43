// Problem sets of the Hugging Face hub: one request for one file, with progress, and nothing else.

import { HUB } from '../hubShelf.ts';
import { MOST_BYTES, ProblemFileError, type ProblemList, readProblems } from './problemFile.ts';

export interface HubProblems {
  readonly title: string;
  /** owner/name of the data set. */
  readonly repository: string;
  readonly path: string;
  /** What rows without a domain are about. */
  readonly domain?: string;
  /** One sentence for people. */
  readonly about: string;
}

/** Sets that are known to be read well. */
export const HUB_PROBLEMS: readonly HubProblems[] = [
  {
    title: 'GSM8K',
    repository: 'openai/gsm8k',
    path: 'main/test-00000-of-00001.parquet',
    domain: 'arithmetic',
    about: '1,319 word problems of grade school (Cobbe et al. 2021), about 0.4 MB.',
  },
  {
    title: 'MATH-500',
    repository: 'HuggingFaceH4/MATH-500',
    path: 'test.jsonl',
    about: '500 competition problems of seven subjects and five levels (Hendrycks et al. 2021), about 0.4 MB.',
  },
];

export interface HubOptions {
  /** Address of the hub, ending in a slash. */
  readonly hub?: string;
  readonly signal?: AbortSignal;
  /** totalBytes is 0 while it is not known. */
  readonly onProgress?: (progress: { readonly loadedBytes: number; readonly totalBytes: number }) => void;
}

const tooLarge = (title: string) =>
  new ProblemFileError(`${title} is larger than ${MOST_BYTES / 2 ** 20} MiB and is not loaded.`);

/** All bytes of an answer, no more than MOST_BYTES. */
async function bytesOf(response: Response, title: string, { onProgress }: HubOptions): Promise<Uint8Array> {
  // The length of a compressed answer is not that of its content.
  const isPacked = response.headers.has('content-encoding');
  const totalBytes = isPacked ? 0 : Number(response.headers.get('content-length') ?? 0);
  if (totalBytes > MOST_BYTES) throw tooLarge(title);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let loadedBytes = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    parts.push(part.value);
    loadedBytes += part.value.byteLength;
    if (loadedBytes > MOST_BYTES) {
      await reader?.cancel();
      throw tooLarge(title);
    }
    onProgress?.({ loadedBytes, totalBytes });
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/**
 * Loads a problem set from the hub.
 * @throws ProblemFileError with one sentence; the signal's reason when it is cancelled
 */
export async function readHubProblems(set: HubProblems, options: HubOptions = {}): Promise<ProblemList> {
  const { hub = HUB, signal } = options;
  const { host } = new URL(hub);
  const address = new URL(`datasets/${set.repository}/resolve/main/${set.path}`, hub);
  let bytes: Uint8Array;
  try {
    const response = await fetch(address, { signal: signal ?? null });
    if (!response.ok)
      throw new ProblemFileError(
        `${host} has no ${set.title} to give (it answered ${response.status}): try again later.`,
      );
    bytes = await bytesOf(response, set.title, options);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ProblemFileError) throw error;
    throw new ProblemFileError(
      `${host} cannot be reached, or the transfer broke: check the connection, or open ${set.title} from a file instead.`,
      { cause: error },
    );
  }
  return readProblems(set.title, bytes, set.domain);
}
