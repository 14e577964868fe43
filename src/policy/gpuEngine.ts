// The policy on WebGPU: the PolicyEngine that the page and the headless commands use where there is a GPU.
//
// Calls take turns. A call gives up its turn as soon as its last submit is encoded, so that the next one's work queues
// behind it on the GPU while the first still waits for its results.

import type { Arena } from '../gpu/arena.ts';
import type { Gpu } from '../gpu/device.ts';
import { checkAdamWOptions, checkStepCount } from './adamwOptions.ts';
import { checkBatch, rowsOf, splitRows } from './batch.ts';
import { checkPolicyConfig, type PolicyConfig } from './config.ts';
import type {
  AdamWOptions,
  Coefficients,
  GenerateRequest,
  OptimizerState,
  PolicyEngine,
  Rollout,
  TokenBatch,
  TokenScores,
  UpdateReport,
} from './engine.ts';
import { ParameterLayout } from './gpuParameters.ts';
import { GpuRollouts } from './gpuRollouts.ts';
import { sizesOf } from './gpuSizes.ts';
import { GpuTraining, tokensPerPass } from './gpuTraining.ts';
import { GpuUpdate } from './gpuUpdate.ts';
import { checkParameters, type NamedTensors } from './parameters.ts';
import { Turns } from './turns.ts';

/** A pass is built for a multiple of this many tokens, so that slightly larger batches do not build it anew. */
const CAPACITY_STEP = 256;

/** Logits of one chunk of the head take at most this much. */
const LOGIT_BYTES = 64 * 2 ** 20;

/** How much may be in memory at once, where it should differ from what the engine chooses. The results do not. */
export interface GpuEngineOptions {
  /** Most tokens of one pass, unless a single row is longer. Default: by the size of the policy's activations. */
  readonly tokensPerPass?: number;
  /** Most bytes of logits, but at least those of 64 tokens. Default 64 MiB. */
  readonly logitBytes?: number;
  /** True: others work on the device too, and destroy() frees this engine's buffers only. Default false. */
  readonly sharesDevice?: boolean;
}

/** A policy with all parameters 0 until loadParameters. @throws GpuError, PolicyConfigError */
export async function createGpuEngine(
  gpu: Gpu,
  config: PolicyConfig,
  options: GpuEngineOptions = {},
): Promise<GpuEngine> {
  const layout = new ParameterLayout(checkPolicyConfig(config));
  const weights = layout.allocate(gpu, 'parameters');
  const gradient = layout.allocate(gpu, 'gradient');
  const update = await GpuUpdate.create(gpu, layout, weights, gradient);
  return new GpuEngine(gpu, layout, weights, gradient, update, options);
}

export class GpuEngine implements PolicyEngine {
  readonly backend = 'webgpu';
  readonly adapter: string;
  readonly config: PolicyConfig;
  readonly gpu: Gpu;
  readonly #layout: ParameterLayout;
  readonly #weights: Arena;
  readonly #gradient: Arena;
  readonly #update: GpuUpdate;
  readonly #rollouts: GpuRollouts;
  readonly #turns = new Turns();
  readonly #tokensPerPass: number;
  readonly #logitBytes: number;
  readonly #sharesDevice: boolean;
  #training: GpuTraining | null = null;
  #isClosed = false;

  constructor(
    gpu: Gpu,
    layout: ParameterLayout,
    weights: Arena,
    gradient: Arena,
    update: GpuUpdate,
    options: GpuEngineOptions,
  ) {
    this.gpu = gpu;
    this.adapter = gpu.adapter;
    this.config = layout.config;
    this.#layout = layout;
    this.#weights = weights;
    this.#gradient = gradient;
    this.#update = update;
    this.#tokensPerPass = options.tokensPerPass ?? tokensPerPass(sizesOf(layout.config));
    this.#logitBytes = options.logitBytes ?? LOGIT_BYTES;
    this.#sharesDevice = options.sharesDevice ?? false;
    this.#rollouts = new GpuRollouts(gpu, layout.config, layout.slices(weights));
  }

  async loadParameters(parameters: NamedTensors): Promise<void> {
    checkParameters(this.config, parameters);
    const flat = this.#layout.pack(parameters);
    await this.#take(async () => {
      this.gpu.write(this.#weights.all, flat);
      this.#update.reset(0);
      await this.gpu.submit({
        label: 'reset optimizer',
        clear: [this.#gradient.all, this.#update.firstMoment.all, this.#update.secondMoment.all],
      });
    });
  }

  readParameters(): Promise<NamedTensors> {
    return this.#readArena(this.#weights);
  }

  async score(batch: TokenBatch): Promise<TokenScores> {
    this.#check(batch);
    return this.#take((leave) => this.#scoreAll(batch, leave));
  }

  async zeroGradient(): Promise<void> {
    await this.#take(async (leave) => {
      const done = this.gpu.submit({ label: 'zero gradient', clear: [this.#gradient.all] });
      leave();
      await done;
    });
  }

  async accumulateGradient(batch: TokenBatch, coefficients: Coefficients): Promise<TokenScores> {
    this.#check(batch);
    return this.#take(async (leave) => {
      if (coefficients instanceof Float32Array) return this.#accumulate(batch, coefficients, leave);
      const training = await this.#trainingFor(batch);
      if (batch.ids.length <= training.capacity) {
        const scores = await training.forward(batch);
        const done = training.backward(this.#checkCoefficients(batch, coefficients(scores)));
        leave();
        await done;
        return scores;
      }
      const scores = await this.#scoreAll(batch, () => {});
      await this.#accumulate(batch, coefficients(scores), leave);
      return scores;
    });
  }

  readGradient(): Promise<NamedTensors> {
    return this.#readArena(this.#gradient);
  }

  async applyGradient(options: AdamWOptions): Promise<UpdateReport> {
    checkAdamWOptions(options);
    return this.#take(async (leave) => {
      const report = this.#update.apply(options);
      leave();
      return report;
    });
  }

  async readOptimizer(): Promise<OptimizerState> {
    const [step, firstMoment, secondMoment] = await Promise.all([
      this.#take(() => this.#update.step()),
      this.#readArena(this.#update.firstMoment),
      this.#readArena(this.#update.secondMoment),
    ]);
    return { step, firstMoment, secondMoment };
  }

  async loadOptimizer(state: OptimizerState): Promise<void> {
    checkStepCount(state.step);
    checkParameters(this.config, state.firstMoment);
    checkParameters(this.config, state.secondMoment);
    await this.#take(async () => {
      this.gpu.write(this.#update.firstMoment.all, this.#layout.pack(state.firstMoment));
      this.gpu.write(this.#update.secondMoment.all, this.#layout.pack(state.secondMoment));
      this.#update.reset(state.step);
    });
  }

  generate(request: GenerateRequest): Promise<Rollout[]> {
    return this.#take(() => this.#rollouts.generate(request));
  }

  resetQueues(): Promise<void> {
    return this.#take(() => this.#rollouts.loadQueues([]));
  }

  readQueues(): Promise<Float32Array[]> {
    return this.#take(() => this.#rollouts.readQueues());
  }

  loadQueues(queues: readonly Float32Array[]): Promise<void> {
    return this.#take(() => this.#rollouts.loadQueues(queues));
  }

  /** Calls that were made before still end, unless the device goes too. */
  destroy(): void {
    if (!this.#sharesDevice) this.gpu.destroy();
    else if (!this.#isClosed) void this.#turns.take(() => this.#free());
    this.#isClosed = true;
  }

  async #free(): Promise<void> {
    // A call leaves its turn before its results are back, but its submits are encoded by then.
    this.#training?.destroy();
    this.#rollouts.destroy();
    for (const arena of [this.#weights, this.#gradient, this.#update.firstMoment, this.#update.secondMoment])
      arena.all.buffer.destroy();
  }

  /** Runs `work` in its turn, unless the device has failed by then. */
  #take<T>(work: (leave: () => void) => Promise<T>): Promise<T> {
    // A buffer used after it was destroyed would fail the device for everybody.
    if (this.#isClosed && this.#sharesDevice) return Promise.reject(new Error('This engine was closed.'));
    return this.#turns.take(async (leave) => {
      this.gpu.check();
      return work(leave);
    });
  }

  #check(batch: TokenBatch): void {
    checkBatch(batch, this.config.vocabulary, this.config.maxPositions);
  }

  #checkCoefficients(batch: TokenBatch, coef: Float32Array): Float32Array {
    if (coef.length !== batch.ids.length)
      throw new RangeError(`The batch has ${batch.ids.length} tokens but ${coef.length} coefficients.`);
    return coef;
  }

  async #readArena(arena: Arena): Promise<NamedTensors> {
    const flat = await this.#take(() => this.gpu.readFloats(arena.all));
    return this.#layout.unpack(flat);
  }

  /** The plan for this batch: large enough for all of it, or for the largest pass it is split into. */
  async #trainingFor(batch: TokenBatch): Promise<GpuTraining> {
    const passes = splitRows(batch.rowStart, this.#tokensPerPass);
    const needed = Math.max(...passes.map(([from, to]) => batch.rowStart[to]! - batch.rowStart[from]!));
    if (this.#training === null || this.#training.capacity < needed) {
      this.#training?.destroy();
      this.#training = null;
      const rounded = Math.ceil(needed / CAPACITY_STEP) * CAPACITY_STEP;
      this.#training = await GpuTraining.create(this.gpu, this.#layout, this.#weights, this.#gradient, {
        capacity: Math.max(needed, Math.min(rounded, this.#tokensPerPass)),
        logitBytes: this.#logitBytes,
      });
    }
    return this.#training;
  }

  async #scoreAll(batch: TokenBatch, encoded: () => void): Promise<TokenScores> {
    const training = await this.#trainingFor(batch);
    const passes = splitRows(batch.rowStart, training.capacity);
    const scores = passes.map((rows) => training.forward(rowsOf(batch, rows)));
    encoded();
    return concatenate(await Promise.all(scores), batch.ids.length);
  }

  async #accumulate(batch: TokenBatch, coefficients: Float32Array, encoded: () => void): Promise<TokenScores> {
    const coef = this.#checkCoefficients(batch, coefficients);
    const training = await this.#trainingFor(batch);
    const passes = splitRows(batch.rowStart, training.capacity);
    const scores = passes.map(([from, to]) => {
      const part = coef.subarray(batch.rowStart[from]!, batch.rowStart[to]!);
      return training.forwardBackward(rowsOf(batch, [from, to]), part);
    });
    encoded();
    return concatenate(await Promise.all(scores), batch.ids.length);
  }
}

/** Scores of consecutive passes as those of the whole batch. */
function concatenate(parts: readonly TokenScores[], tokens: number): TokenScores {
  const [only] = parts;
  if (parts.length === 1) return only!;
  const scores = {
    logp1: new Float32Array(tokens),
    logpTau: new Float32Array(tokens),
    entropyNats: new Float32Array(tokens),
  };
  let at = 0;
  for (const part of parts) {
    scores.logp1.set(part.logp1, at);
    scores.logpTau.set(part.logpTau, at);
    scores.entropyNats.set(part.entropyNats, at);
    at += part.logp1.length;
  }
  return scores;
}
