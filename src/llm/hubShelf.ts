// A model of the Hugging Face hub as a folder, and what the browser keeps of it.
//
//   {hub}/api/models/{repository}/tree/{revision}     its files and their sizes
//   {hub}/{repository}/resolve/{revision}/{path}      one file
//
// Both are kept in the browser's cache, so that a model that was loaded once opens without the hub. Nothing else is
// asked of any network.

import * as v from 'valibot';
import type { FileShelf, ShelfFile } from './fileShelf.ts';
import { LlmError } from './llmError.ts';
import type { CachedModel, ModelSource } from './session.ts';

export const HUB = 'https://huggingface.co/';
const CACHE = 'language-models';

const REPOSITORY = /^\w[\w.-]*\/\w[\w.-]*$/;
const treeSchema = v.array(v.object({ type: v.string(), path: v.string(), size: v.number() }));

type HubSource = Extract<ModelSource, { from: 'hub' }>;
type Where = { readonly hub: string; readonly repository: string; readonly revision: string };

const resolved = ({ hub, repository, revision }: Where, path: string) =>
  `${hub}${repository}/resolve/${encodeURIComponent(revision)}/${path}`;
const tree = ({ hub, repository, revision }: Where) =>
  `${hub}api/models/${repository}/tree/${encodeURIComponent(revision)}?recursive=true`;

/** The browser's cache; null where it has none, or forbids it. */
const openCache = async (): Promise<Cache | null> => {
  try {
    return await caches.open(CACHE);
  } catch {
    return null;
  }
};

/** The shelf of a repository. @throws LlmError 'hub' for a name or an address that cannot be one */
export function hubShelf({ repository, revision = 'main', hub = HUB }: HubSource): FileShelf {
  if (!REPOSITORY.test(repository))
    throw new LlmError('hub', `"${repository}" is no repository name: write it as owner/name.`);
  if (!URL.canParse(hub) || !/^https?:$/.test(new URL(hub).protocol))
    throw new LlmError('hub', `"${hub}" is no address of a hub: write it as ${HUB}.`);
  const where = { hub: hub.endsWith('/') ? hub : `${hub}/`, repository, revision };
  let listing: Promise<readonly ShelfFile[]> | null = null;

  const list = async (signal?: AbortSignal) => {
    const response = await fresh(where, tree(where), signal);
    if (response === null)
      throw new LlmError(
        'hub',
        `${host(where)} has no public model "${repository}"${revision === 'main' ? '' : ` at revision "${revision}"`}.`,
      );
    const parsed = v.safeParse(treeSchema, await response.json().catch(() => null));
    if (!parsed.success)
      throw new LlmError('hub', `${host(where)} answered for "${repository}" with something that is no list of files.`);
    return parsed.output.filter(({ type }) => type === 'file').map(({ path, size }) => ({ path, bytes: size }));
  };

  return {
    name: repository,
    list: (signal) => {
      listing ??= list(signal).catch((cause: unknown) => {
        listing = null;
        throw cause;
      });
      return listing;
    },
    open: async (path, signal) => {
      const known = (await listing)?.find((file) => file.path === path);
      // What is not listed is not asked for: a model that is kept opens without the hub.
      if (listing !== null && known === undefined) return null;
      const address = resolved(where, path);
      const cache = await openCache();
      const kept = await cache?.match(address);
      if (kept !== undefined) return kept;
      const response = await ask(where, address, signal);
      if (response === null) return null;
      // A compressed answer's own length is not the file's.
      const headers = new Headers(response.headers);
      headers.delete('content-encoding');
      if (known !== undefined) headers.set('content-length', String(known.bytes));
      const answer = new Response(response.body, { headers });
      // A broken or cancelled transfer, or a full disk, leaves nothing in the cache; loading goes on without it.
      void cache?.put(address, answer.clone()).catch(() => {});
      return answer;
    },
  };
}

const host = ({ hub }: Where) => new URL(hub).host;

/** One request; null for a file that is not there. @throws LlmError 'hub'; the signal's reason */
async function ask(where: Where, address: string, signal?: AbortSignal): Promise<Response | null> {
  let response: Response;
  try {
    response = await fetch(address, { signal: signal ?? null });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new LlmError(
      'hub',
      `${host(where)} cannot be reached: check the connection, or open a folder on this machine instead.`,
      { cause },
    );
  }
  if (response.ok) return response;
  // The hub does not say whether a model is hidden or missing.
  if ([401, 403, 404].includes(response.status)) return null;
  throw new LlmError('hub', `${host(where)} answered with an error (${response.status}): try again later.`);
}

/** The newest answer, or the one that is kept when the hub cannot be reached. */
async function fresh(where: Where, address: string, signal?: AbortSignal): Promise<Response | null> {
  const cache = await openCache();
  try {
    const response = await ask(where, address, signal);
    if (response !== null) await cache?.put(address, response.clone()).catch(() => {});
    return response;
  } catch (cause) {
    const kept = await cache?.match(address);
    if (kept === undefined || signal?.aborted) throw cause;
    return kept;
  }
}

const RESOLVED = /^(.*?\/)([\w.-]+\/[\w.-]+)\/resolve\/([^/]+)\/(.+)$/;

/** Every model that the browser keeps files of, with their sizes. */
export async function cachedModels(): Promise<CachedModel[]> {
  const cache = await openCache();
  const models = new Map<string, CachedModel & { files: { path: string; bytes: number }[] }>();
  for (const request of (await cache?.keys()) ?? []) {
    const [, hub, repository, revision, path] = RESOLVED.exec(request.url) ?? [];
    const kept = await cache?.match(request);
    if (hub === undefined || repository === undefined || revision === undefined || path === undefined) continue;
    const where = { hub, repository, revision: decodeURIComponent(revision) };
    const key = JSON.stringify(where);
    const model = models.get(key) ?? { ...where, files: [], bytes: 0 };
    model.files.push({ path, bytes: Number(kept?.headers.get('content-length') ?? 0) });
    models.set(key, { ...model, bytes: model.files.reduce((sum, { bytes }) => sum + bytes, 0) });
  }
  return [...models.values()];
}

/** Lets go of everything kept of a model; true when there was something. */
export async function deleteCached({ hub, repository, revision }: Where): Promise<boolean> {
  const cache = await openCache();
  const prefix = resolved({ hub, repository, revision }, '');
  let found = false;
  for (const request of (await cache?.keys()) ?? [])
    if (request.url.startsWith(prefix) || request.url === tree({ hub, repository, revision }))
      found = (await cache!.delete(request)) || found;
  return found;
}
