// The worker's machine: one GPU, or the CPU where there is none, and one engine for each purpose, so that the Step room
// samples while the Train room trains.

import { type Gpu, openGpu } from '../../gpu/device.ts';
import { GpuError } from '../../gpu/errors.ts';
import type { LoadedCheckpoint } from '../../policy/checkpoint.ts';
import type { PolicyConfig } from '../../policy/config.ts';
import type { PolicyEngine } from '../../policy/engine.ts';
import { createGpuEngine } from '../../policy/gpuEngine.ts';
import type { Tell } from '../protocol.ts';
import type { EngineDescription } from './calls.ts';
import { fetchBase } from './policies.ts';
import { tuneWithStorage } from './tiles.ts';

/** Who works with an engine; nobody else touches its weights. */
export type Purpose =
  | 'step'
  | 'step reference'
  | 'train'
  | 'reference'
  | 'evaluate'
  | 'pretrain'
  | 'cost'
  | 'cost of a fixed temperature'
  | 'experiment'
  | 'experiment reference'
  | 'experiment start'
  | 'experiment estimate'
  | 'experiment estimate reference';

type Machine =
  | { readonly kind: 'gpu'; readonly gpu: Gpu }
  | { readonly kind: 'cpu' /** Why it is not the GPU. */; readonly notice: string };

interface Kept {
  readonly config: string;
  readonly engine: Promise<PolicyEngine>;
}

export class EngineHost {
  readonly #tell: Tell;
  #baseUrl = '';
  #machine: Promise<Machine> | null = null;
  #engines = new Map<Purpose, Kept>();
  readonly #working = new Set<(cause: Error) => void>();
  readonly #bases = new Map<string, Promise<LoadedCheckpoint>>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  async open(baseUrl: string): Promise<EngineDescription> {
    this.#baseUrl = baseUrl;
    const machine = await this.#open();
    if (machine.kind === 'gpu') return { backend: 'webgpu', adapter: machine.gpu.adapter, notice: null };
    return { backend: 'cpu', adapter: 'WebAssembly on the CPU', notice: machine.notice };
  }

  /**
   * The engine of one purpose, made anew when the policy's shape is another. Its weights are what its user left there.
   * Ask again after a loss: an engine of a lost GPU stays lost.
   */
  async engine(purpose: Purpose, config: PolicyConfig): Promise<PolicyEngine> {
    const wanted = JSON.stringify(config);
    const kept = this.#engines.get(purpose);
    if (kept?.config === wanted) return kept.engine;
    this.release(purpose);
    const machine = await this.#open();
    const engine =
      machine.kind === 'gpu'
        ? createGpuEngine(machine.gpu, config, { sharesDevice: true })
        : import('../../cpu/engine.ts').then(({ createCpuEngine }) => createCpuEngine(config));
    const entry = { config: wanted, engine };
    this.#engines.set(purpose, entry);
    // One that could not be made must not be handed out again.
    engine.catch(() => this.#engines.get(purpose) === entry && this.#engines.delete(purpose));
    return engine;
  }

  /** Settles as `work` does, or fails with the reason when the GPU is lost before that: work on a lost GPU may never end. */
  whileThere<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#working.add(reject);
      work.then(resolve, reject).finally(() => this.#working.delete(reject));
    });
  }

  /** Frees the engine of a purpose. */
  release(purpose: Purpose): void {
    const kept = this.#engines.get(purpose);
    this.#engines.delete(purpose);
    void kept?.engine.then(
      (engine) => engine.destroy(),
      () => {},
    );
  }

  /** The base policy that comes with the page. @throws Error, one sentence */
  base(task: string): Promise<LoadedCheckpoint> {
    const known = this.#bases.get(task);
    if (known !== undefined) return known;
    const fetched = fetchBase(this.#baseUrl, task);
    this.#bases.set(task, fetched);
    fetched.catch(() => this.#bases.delete(task));
    return fetched;
  }

  #open(): Promise<Machine> {
    if (this.#machine !== null) return this.#machine;
    const opened = openMachine();
    this.#machine = opened;
    opened.then(
      (machine) => {
        if (machine.kind === 'gpu') void machine.gpu.lost.then((sentence) => this.#lose(opened, sentence));
      },
      () => {
        this.#machine = null;
      },
    );
    return opened;
  }

  #lose(machine: Promise<Machine>, sentence: string): void {
    if (this.#machine !== machine) return;
    this.#machine = null;
    this.#engines = new Map();
    for (const reject of this.#working) reject(new Error(sentence));
    this.#tell('engine/lost', sentence);
  }
}

async function openMachine(): Promise<Machine> {
  try {
    const gpu = await openGpu();
    await tuneWithStorage(gpu);
    return { kind: 'gpu', gpu };
  } catch (cause) {
    if (!(cause instanceof GpuError)) throw cause;
    return { kind: 'cpu', notice: cause.message };
  }
}
