// Which language model is chosen, what is known of it before it is loaded, how far loading is, and what is loaded.
//
//   choose ──▶ describing ──▶ described ──load──▶ loading ──▶ loaded
//                  └── refused, one sentence ◀──────┘
//
// Every load has a worker of its own; to cancel a load or to let go of a model is to end the worker.

import { createStore, type StoreApi } from 'zustand/vanilla';
import { describeModel } from '../../llm/describeModel.ts';
import { cachedModels, deleteCached } from '../../llm/hubShelf.ts';
import type {
  CachedModel,
  LlmDevice,
  LlmDtype,
  LoadProgress,
  ModelDescription,
  ModelFile,
  ModelSource,
} from '../../llm/session.ts';
import type { LabClient } from '../client.ts';
import type { StepPolicyRef } from '../step/policy.ts';
import type { LoadedModel } from './calls.ts';
import { bestDevice, canRun, type DeviceChoice } from './device.ts';

/** What the reader chose. */
export type ModelChoice =
  | { readonly kind: 'hub'; readonly repository: string }
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly ModelFile[] }
  /** Trained here; `task` names whose problems it reads. */
  | { readonly kind: 'policy'; readonly policy: StepPolicyRef; readonly task: string; readonly name: string };

export interface ModelState {
  readonly choice: ModelChoice | null;
  readonly phase: 'none' | 'describing' | 'described' | 'loading' | 'loaded';
  readonly description: ModelDescription | null;
  readonly dtype: LlmDtype | null;
  /** null until the browser has been asked. */
  readonly best: DeviceChoice | null;
  /** Where it is loaded to. */
  readonly device: LlmDevice | null;
  /** By file, while it is loading. */
  readonly progress: readonly LoadProgress[];
  readonly model: LoadedModel | null;
  /** Tells the weights of policies of one name apart; null: the model is none that was trained here. */
  readonly fingerprint: string | null;
  /** Why the last wish was not granted; one sentence. */
  readonly refusal: string | null;
  /** What the browser keeps of the hub. */
  readonly cached: readonly CachedModel[];
}

export interface ModelStore extends StoreApi<ModelState> {
  /** Reads the small files of a model. */
  readonly choose: (choice: ModelChoice) => Promise<void>;
  readonly setDtype: (dtype: LlmDtype) => void;
  readonly setDevice: (device: LlmDevice) => void;
  readonly load: () => Promise<void>;
  /** Stops what is under way. */
  readonly cancel: () => void;
  /** Lets go of the model, or of the choice. */
  readonly close: () => void;
  /** Says what is kept, and what the browser would run a model on. */
  readonly refresh: () => Promise<void>;
  readonly remove: (model: CachedModel) => Promise<void>;
  readonly dismiss: () => void;
  /** The loaded model's worker. @throws Error, one sentence, when there is none */
  readonly client: () => LabClient;
}

export interface ModelStoreParts {
  /** The engine's worker, which knows the policies that were trained here. */
  readonly engine: () => LabClient;
  readonly startWorker: (onBroken: (sentence: string) => void) => LabClient;
}

const NOTHING = {
  choice: null,
  phase: 'none',
  description: null,
  dtype: null,
  progress: [],
  model: null,
  fingerprint: null,
} as const;

interface Source extends Pick<ModelState, 'fingerprint'> {
  readonly found: ModelSource;
}

export function createModelStore({ engine, startWorker }: ModelStoreParts): ModelStore {
  const store = createStore<ModelState>()(() => ({
    ...NOTHING,
    best: null,
    device: null,
    refusal: null,
    cached: [],
  }));
  const { getState, setState } = store;
  let worker: LabClient | null = null;
  let source: ModelSource | null = null;
  /** Of what is under way. */
  let abort = new AbortController();

  const stop = () => {
    abort.abort();
    abort = new AbortController();
    worker?.end('The model was let go.');
    worker = null;
  };
  const refuse = (cause: unknown, phase: ModelState['phase']) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') return;
    setState({ phase, model: null, progress: [], refusal: cause instanceof Error ? cause.message : String(cause) });
  };
  const sourceOf = async (choice: ModelChoice): Promise<Source> => {
    switch (choice.kind) {
      case 'hub':
        return { found: { from: 'hub', repository: choice.repository }, fingerprint: null };
      case 'files':
        return { found: { from: 'files', name: choice.name, files: choice.files }, fingerprint: null };
      case 'policy': {
        const { files, fingerprint } = await engine().call('real/policy-files', { policy: choice.policy });
        return { found: { from: 'files', name: choice.name, files }, fingerprint };
      }
    }
  };
  const findDevice = async () => {
    const best = getState().best ?? (await bestDevice());
    setState(({ device }) => ({ best, device: device ?? best.device }));
  };
  const refresh = async () => {
    const [cached] = await Promise.all([cachedModels(), findDevice()]);
    setState({ cached });
  };

  return {
    ...store,
    refresh,
    choose: async (choice) => {
      stop();
      const { signal } = abort;
      setState({ ...NOTHING, choice, phase: 'describing', refusal: null });
      try {
        const { found, fingerprint } = await sourceOf(choice);
        signal.throwIfAborted();
        const description = await describeModel(found, signal);
        signal.throwIfAborted();
        await findDevice();
        signal.throwIfAborted();
        source = found;
        setState({ phase: 'described', description, fingerprint, dtype: preferred(description, getState()) });
      } catch (cause) {
        if (!signal.aborted) refuse(cause, 'none');
      }
    },
    setDtype: (dtype) => setState({ dtype }),
    setDevice: (device) =>
      setState(({ description, best }) => ({
        device,
        dtype: description === null ? null : preferred(description, { device, best }),
      })),
    load: async () => {
      const { dtype, device } = getState();
      if (source === null || dtype === null || device === null) return;
      stop();
      const { signal } = abort;
      setState({ phase: 'loading', progress: [], refusal: null });
      const lost = (sentence: string) => {
        if (signal.aborted) return;
        stop();
        refuse(new Error(sentence), 'described');
      };
      const client = startWorker(lost);
      worker = client;
      client.on('real/lost', lost);
      try {
        const model = await client.call(
          'real/load',
          { source, dtype, device },
          {
            onProgress: (one) =>
              setState(({ progress }) => ({ progress: [...progress.filter(({ file }) => file !== one.file), one] })),
          },
        );
        if (!signal.aborted) setState({ phase: 'loaded', model, progress: [] });
      } catch (cause) {
        if (signal.aborted) return;
        stop();
        refuse(cause, 'described');
      } finally {
        void refresh();
      }
    },
    cancel: () => {
      const { phase } = getState();
      stop();
      setState(phase === 'loading' ? { phase: 'described', progress: [] } : NOTHING);
    },
    close: () => {
      stop();
      source = null;
      setState({ ...NOTHING, refusal: null });
    },
    remove: async (model) => {
      await deleteCached(model);
      await refresh();
    },
    dismiss: () => setState({ refusal: null }),
    client: () => {
      if (worker === null) throw new Error('No model is loaded.');
      return worker;
    },
  };
}

/** 16-bit activations are for GPUs; on the CPU 8 bits are the quickest. */
const ORDERS: Readonly<Record<LlmDevice, readonly LlmDtype[]>> = {
  webgpu: ['q4f16', 'q4', 'fp16', 'fp32'],
  wasm: ['q8', 'q4', 'int8', 'fp32'],
};

function preferred(
  { dtypes }: Pick<ModelDescription, 'dtypes'>,
  { device, best }: Pick<ModelState, 'device' | 'best'>,
): LlmDtype {
  const all = dtypes.map(({ dtype }) => dtype);
  const possible = all.filter((dtype) => canRun(dtype, device, best));
  const there = possible.length > 0 ? possible : all;
  return ORDERS[device ?? 'webgpu'].find((dtype) => there.includes(dtype)) ?? there[0]!;
}
