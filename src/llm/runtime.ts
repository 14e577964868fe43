// transformers.js and the ONNX Runtime under it, set up once: nothing is fetched but through us, and the runtime's
// WebAssembly comes from our own address (its default is a CDN), on one thread (no cross-origin isolation is needed).
//
// transformers.js believes that every model lies in a folder of its own server. `env.fetch` is ours, so that the folder
// may be the hub, a folder on the reader's disk, or bytes in memory; whatever else it might ask for is answered by 404.
// Each mount has an address of its own, so that nothing it remembers of one model is taken for another's.

import { env, LogLevel } from '@huggingface/transformers';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';

const MOUNTS = '/mounted-models/';

/** A file of a mounted folder; null: there is none. */
type Open = (path: string) => Promise<Response | null>;

const mounts = new Map<string, Open>();
let mounted = 0;

/** Set before every load: the settings belong to the whole worker, and something else may have changed them. */
function setUp(): void {
  ort.env.wasm.wasmPaths = { wasm: wasmUrl };
  ort.env.wasm.numThreads = 1;
  env.logLevel = LogLevel.NONE;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = MOUNTS;
  env.useFS = false;
  env.useFSCache = false;
  // We cache ourselves, so that sizes can be listed and models deleted.
  env.useBrowserCache = false;
  env.useCustomCache = false;
  env.useWasmCache = false;
  env.fetch = fetchMounted;
}

async function fetchMounted(input: string | URL): Promise<Response> {
  const { pathname } = new URL(String(input), 'http://local');
  const [, id, path] = /^\/mounted-models\/(lab\/m\d+)\/(.+)$/.exec(pathname) ?? [];
  const file = await mounts.get(id ?? '')?.(decodeURIComponent(path ?? ''));
  return file ?? new Response(null, { status: 404 });
}

export interface Mount {
  /** What transformers.js is told to load. */
  readonly id: string;
  unmount(): void;
}

/** Lets transformers.js see a folder. */
export function mount(open: Open): Mount {
  setUp();
  mounted += 1;
  const id = `lab/m${mounted}`;
  mounts.set(id, open);
  return { id, unmount: () => mounts.delete(id) };
}

/** Stands for a graph that the runtime refused. */
class RefusedSession {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }

  async release(): Promise<void> {}
}

/**
 * Loads sessions through transformers.js. It creates all sessions of a worker one behind the other, and one that is
 * refused stops every later one; so a refusal is carried past it, and thrown here.
 */
export async function loadSessions<T extends { readonly sessions: object }>(load: () => Promise<T>): Promise<T> {
  const factory = ort.InferenceSession;
  const { create } = factory;
  const carried = (...args: unknown[]) =>
    Reflect.apply(create, factory, args).catch((cause: unknown) => new RefusedSession(cause));
  Object.assign(factory, { create: carried });
  try {
    const loaded = await load();
    for (const session of Object.values(loaded.sessions)) if (session instanceof RefusedSession) throw session.cause;
    return loaded;
  } finally {
    Object.assign(factory, { create });
  }
}

export { ort };
