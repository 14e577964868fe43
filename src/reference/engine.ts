// The oracle as an engine: the same interface as WebGPU and wasm, computed in float64.
// Parameters, gradients and moments are kept in float64 and rounded only when they are read out.

import { checkAdamWOptions, checkStepCount } from '../policy/adamwOptions.ts';
import type { PolicyConfig } from '../policy/config.ts';
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
import type { NamedTensors } from '../policy/parameters.ts';
import { Turns } from '../policy/turns.ts';
import { type AdamWState, adamWStep, freshAdamW } from './adamw.ts';
import { tensorsFromWeights, type Weights, weightsFromTensors, zeroWeights } from './decoder.ts';
import { generate } from './generate.ts';
import { accumulateGradient, type ReferenceScores, score } from './scores.ts';

/** An engine with all parameters 0 until loadParameters. */
export class ReferenceEngine implements PolicyEngine {
  readonly backend = 'reference';
  readonly adapter = 'float64 TypeScript';
  readonly config: PolicyConfig;
  private weights: Weights;
  private gradient: Weights;
  private optimizer: AdamWState;
  private queues: readonly ArrayLike<number>[] = [];
  private readonly turns = new Turns();
  private destroyed = false;

  constructor(config: PolicyConfig) {
    this.config = config;
    this.weights = zeroWeights(config);
    this.gradient = zeroWeights(config);
    this.optimizer = freshAdamW(config);
  }

  loadParameters(parameters: NamedTensors): Promise<void> {
    return this.enqueue(() => {
      this.weights = weightsFromTensors(this.config, parameters);
      this.optimizer = freshAdamW(this.config);
    });
  }

  readParameters(): Promise<NamedTensors> {
    return this.enqueue(() => tensorsFromWeights(this.config, this.weights));
  }

  score(batch: TokenBatch): Promise<TokenScores> {
    return this.enqueue(() => rounded(score(this.config, this.weights, batch)));
  }

  zeroGradient(): Promise<void> {
    return this.enqueue(() => {
      this.gradient = zeroWeights(this.config);
    });
  }

  accumulateGradient(batch: TokenBatch, coefficients: Coefficients): Promise<TokenScores> {
    return this.enqueue(() => {
      const coef =
        typeof coefficients === 'function'
          ? coefficients(rounded(score(this.config, this.weights, batch)))
          : coefficients;
      return rounded(accumulateGradient(this.config, this.weights, batch, coef, this.gradient));
    });
  }

  readGradient(): Promise<NamedTensors> {
    return this.enqueue(() => tensorsFromWeights(this.config, this.gradient));
  }

  applyGradient(options: AdamWOptions): Promise<UpdateReport> {
    return this.enqueue(() => {
      checkAdamWOptions(options);
      const { report, state } = adamWStep(this.config, this.weights, this.gradient, this.optimizer, options);
      this.optimizer = state;
      this.gradient = zeroWeights(this.config);
      return report;
    });
  }

  readOptimizer(): Promise<OptimizerState> {
    return this.enqueue(() => ({
      step: this.optimizer.step,
      firstMoment: tensorsFromWeights(this.config, this.optimizer.firstMoment),
      secondMoment: tensorsFromWeights(this.config, this.optimizer.secondMoment),
    }));
  }

  loadOptimizer(state: OptimizerState): Promise<void> {
    return this.enqueue(() => {
      checkStepCount(state.step);
      this.optimizer = {
        step: state.step,
        firstMoment: weightsFromTensors(this.config, state.firstMoment),
        secondMoment: weightsFromTensors(this.config, state.secondMoment),
      };
    });
  }

  generate(request: GenerateRequest): Promise<Rollout[]> {
    return this.enqueue(async () => {
      const { keep } = request.sampler.queue;
      const { rollouts, queues } = await generate(this.config, this.weights, request, keep ? this.queues : []);
      if (keep) this.queues = queues;
      return rollouts;
    });
  }

  resetQueues(): Promise<void> {
    return this.loadQueues([]);
  }

  readQueues(): Promise<Float32Array[]> {
    return this.enqueue(() => this.queues.map((queue) => Float32Array.from(queue)));
  }

  loadQueues(queues: readonly Float32Array[]): Promise<void> {
    return this.enqueue(() => {
      this.queues = queues.map((queue) => queue.slice());
    });
  }

  destroy(): void {
    this.destroyed = true;
  }

  /** Runs after all earlier calls, whether or not they failed. */
  private enqueue<T>(call: () => T | Promise<T>): Promise<T> {
    return this.turns.take(async () => {
      if (this.destroyed) throw new Error('The engine was destroyed.');
      return call();
    });
  }
}

function rounded(scores: ReferenceScores): TokenScores {
  return {
    logp1: Float32Array.from(scores.logp1),
    logpTau: Float32Array.from(scores.logpTau),
    entropyNats: Float32Array.from(scores.entropyNats),
  };
}
