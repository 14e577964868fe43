// The CPU engine: for browsers without WebGPU, and for long headless runs on machines without a GPU.
//
// Scores and gradients run on jax-js's wasm backend, decoding on a SIMD product of our own, the sampler and AdamW in
// TypeScript. Parameters, gradient and moments live in flat arenas here; the other parts only read them.
//
// Reach this file through a dynamic import, so that no byte of it loads where WebGPU works.

import { checkAdamWOptions, checkStepCount } from '../policy/adamwOptions.ts';
import { checkPolicyConfig, type PolicyConfig } from '../policy/config.ts';
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
} from '../policy/engine.ts';
import { checkParameters, type NamedTensors } from '../policy/parameters.ts';
import { Turns } from '../policy/turns.ts';
import { type AdamWArenas, adamWStep } from './adamw.ts';
import { arenaTensors, createArena, fillArena } from './arena.ts';
import { Decoder } from './decoder.ts';
import { generate } from './generate.ts';
import { startJax, Training } from './training.ts';

/** An engine with all parameters 0 until loadParameters. @throws Error where WebAssembly with SIMD is missing */
export async function createCpuEngine(config: PolicyConfig): Promise<PolicyEngine> {
  checkPolicyConfig(config);
  await startJax();
  const parameters = createArena(config);
  return new CpuEngine(config, {
    arenas: {
      parameters,
      gradient: createArena(config),
      firstMoment: createArena(config),
      secondMoment: createArena(config),
    },
    decoder: await Decoder.create(config, parameters),
  });
}

class CpuEngine implements PolicyEngine {
  readonly backend = 'cpu';
  readonly adapter = 'jax-js (wasm)';
  readonly config: PolicyConfig;
  private readonly arenas: AdamWArenas;
  private readonly training: Training;
  private readonly decoder: Decoder;
  private step = 0;
  private queues: readonly Float32Array[] = [];
  private readonly turns = new Turns();
  private destroyed = false;

  constructor(config: PolicyConfig, parts: { arenas: AdamWArenas; decoder: Decoder }) {
    this.config = config;
    this.arenas = parts.arenas;
    this.decoder = parts.decoder;
    this.training = new Training(config, parts.arenas.parameters, parts.arenas.gradient);
  }

  loadParameters(parameters: NamedTensors): Promise<void> {
    return this.enqueue(() => {
      fillArena(this.config, this.arenas.parameters, parameters);
      this.arenas.firstMoment.data.fill(0);
      this.arenas.secondMoment.data.fill(0);
      this.step = 0;
      this.parametersChanged();
    });
  }

  readParameters(): Promise<NamedTensors> {
    return this.enqueue(() => arenaTensors(this.arenas.parameters));
  }

  score(batch: TokenBatch): Promise<TokenScores> {
    return this.enqueue(() => this.training.score(batch));
  }

  zeroGradient(): Promise<void> {
    return this.enqueue(() => {
      this.arenas.gradient.data.fill(0);
    });
  }

  accumulateGradient(batch: TokenBatch, coefficients: Coefficients): Promise<TokenScores> {
    return this.enqueue(() => this.training.accumulate(batch, coefficients));
  }

  readGradient(): Promise<NamedTensors> {
    return this.enqueue(() => arenaTensors(this.arenas.gradient));
  }

  applyGradient(options: AdamWOptions): Promise<UpdateReport> {
    return this.enqueue(() => {
      checkAdamWOptions(options);
      const report = adamWStep(this.arenas, this.step, options);
      this.step = report.step;
      this.arenas.gradient.data.fill(0);
      if (report.applied) this.parametersChanged();
      return report;
    });
  }

  readOptimizer(): Promise<OptimizerState> {
    return this.enqueue(() => ({
      step: this.step,
      firstMoment: arenaTensors(this.arenas.firstMoment),
      secondMoment: arenaTensors(this.arenas.secondMoment),
    }));
  }

  loadOptimizer({ step, firstMoment, secondMoment }: OptimizerState): Promise<void> {
    return this.enqueue(() => {
      checkStepCount(step);
      checkParameters(this.config, secondMoment);
      fillArena(this.config, this.arenas.firstMoment, firstMoment);
      fillArena(this.config, this.arenas.secondMoment, secondMoment);
      this.step = step;
    });
  }

  generate(request: GenerateRequest): Promise<Rollout[]> {
    return this.enqueue(async () => {
      const { keep } = request.sampler.queue;
      const { rollouts, queues } = await generate(this.config, this.decoder, request, keep ? this.queues : []);
      if (keep) this.queues = queues;
      return rollouts;
    });
  }

  resetQueues(): Promise<void> {
    return this.loadQueues([]);
  }

  readQueues(): Promise<Float32Array[]> {
    return this.enqueue(() => this.queues.map((queue) => queue.slice()));
  }

  loadQueues(queues: readonly Float32Array[]): Promise<void> {
    return this.enqueue(() => {
      this.queues = queues.map((queue) => queue.slice());
    });
  }

  destroy(): void {
    if (this.destroyed) return;
    // What is running still needs its arrays.
    void this.enqueue(() => this.training.dispose());
    this.destroyed = true;
  }

  private parametersChanged(): void {
    this.training.parametersChanged();
    this.decoder.parametersChanged();
  }

  /** Runs after all earlier calls, whether or not they failed. */
  private enqueue<T>(call: () => T | Promise<T>): Promise<T> {
    if (this.destroyed) return Promise.reject(new Error('The engine was destroyed.'));
    return this.turns.take(async () => call());
  }
}
