// The base policies that come with the page, one folder a task.

import {
  type CheckpointFiles,
  CONFIG_FILE,
  GENERATION_FILE,
  type LoadedCheckpoint,
  readCheckpoint,
  TOKENIZER_CONFIG_FILE,
  TOKENIZER_FILE,
  WEIGHTS_FILE,
} from '../../policy/checkpoint.ts';

const BASE_FILES = [CONFIG_FILE, WEIGHTS_FILE, GENERATION_FILE, TOKENIZER_FILE, TOKENIZER_CONFIG_FILE];

async function fetchFile(address: string): Promise<Uint8Array> {
  const response = await fetch(address).catch((cause: unknown) => {
    throw new Error(`${address} could not be fetched: are you offline?`, { cause });
  });
  // A server without the file may send the page in its place.
  if (!response.ok || response.headers.get('content-type')?.startsWith('text/html') === true)
    throw new Error(`${address} is not there (status ${response.status}).`);
  return new Uint8Array(await response.arrayBuffer());
}

/** @throws Error whose message is one sentence */
export async function fetchBase(baseUrl: string, task: string): Promise<LoadedCheckpoint> {
  const files: CheckpointFiles = new Map(
    await Promise.all(
      BASE_FILES.map(async (name) => [name, await fetchFile(new URL(`bases/${task}/${name}`, baseUrl).href)] as const),
    ),
  );
  return readCheckpoint(files, 'ignore');
}
