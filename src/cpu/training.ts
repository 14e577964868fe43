// Scores and gradients of ragged batches: microbatches go through the jax-js graph, results return to packed order.

import { defaultDevice, init, numpy as np } from '@jax-js/jax';
import { checkBatch } from '../policy/batch.ts';
import type { PolicyConfig } from '../policy/config.ts';
import type { Coefficients, TokenBatch, TokenScores } from '../policy/engine.ts';
import { EMBEDDING } from '../policy/parameters.ts';
import type { Arena } from './arena.ts';
import { createGraph, type Graph, type Inputs, type Sums, type Weights } from './graph.ts';
import { forEachPosition, type Microbatch, microbatches, padPredictions } from './microbatch.ts';
import { ropeTable } from './rope.ts';

/** Starts jax-js's wasm backend. @throws Error with one sentence where WebAssembly or its SIMD is missing. */
export async function startJax(): Promise<void> {
  const devices = await init('wasm');
  if (!devices.includes('wasm')) throw new Error('The CPU engine needs WebAssembly, which is not available here.');
  defaultDevice('wasm');
}

export class Training {
  private readonly config: PolicyConfig;
  private readonly parameters: Arena;
  private readonly gradient: Arena;
  private readonly graph: Graph;
  /** jax-js's copy of the parameters; null when they have changed since. */
  private weights: Weights | null = null;

  /** Call parametersChanged() after writing to `parameters`; accumulate() adds to `gradient`. */
  constructor(config: PolicyConfig, parameters: Arena, gradient: Arena) {
    this.config = config;
    this.parameters = parameters;
    this.gradient = gradient;
    this.graph = createGraph(config);
  }

  parametersChanged(): void {
    for (const array of Object.values(this.weights ?? {})) array.dispose();
    this.weights = null;
  }

  async score(batch: TokenBatch): Promise<TokenScores> {
    checkBatch(batch, this.config.vocabulary, this.config.maxPositions);
    const scores = emptyScores(batch.ids.length);
    for (const micro of microbatches(this.config, batch.rowStart)) {
      const result = this.graph.score(this.sharedWeights(), this.inputs(micro, batch));
      await readScores(result, micro, batch, scores);
    }
    return scores;
  }

  /** Adds the gradient of sum coef * logpTau; coefficients given as a function cost one more forward. */
  async accumulate(batch: TokenBatch, coefficients: Coefficients): Promise<TokenScores> {
    checkBatch(batch, this.config.vocabulary, this.config.maxPositions);
    const coef = typeof coefficients === 'function' ? coefficients(await this.score(batch)) : coefficients;
    if (coef.length !== batch.ids.length)
      throw new RangeError(`The batch has ${batch.ids.length} tokens but ${coef.length} coefficients.`);
    const scores = emptyScores(batch.ids.length);
    for (const micro of microbatches(this.config, batch.rowStart)) {
      const size = micro.paddedRows * micro.positions;
      const padded = padPredictions(micro, batch, coef, new Float32Array(size), 0);
      const result = this.graph.gradient(
        this.sharedWeights(),
        this.inputs(micro, batch),
        np.array(padded).reshape([micro.paddedRows, micro.positions]),
      );
      await readScores(result.sums, micro, batch, scores);
      for (const [name, array] of Object.entries(result.weights))
        addInto(this.gradient.entries.get(name)!.data, await read(array));
      this.scatterEmbedding(await read(result.embedded), micro, batch);
    }
    return scores;
  }

  dispose(): void {
    this.parametersChanged();
    this.graph.dispose();
  }

  private sharedWeights(): Weights {
    this.weights ??= Object.fromEntries(
      Array.from(this.parameters.entries.values(), ({ name, shape, data }) => [
        name,
        np.array(data).reshape([...shape]),
      ]),
    );
    return Object.fromEntries(Object.entries(this.weights).map(([name, array]) => [name, array.ref]));
  }

  private inputs(micro: Microbatch, batch: TokenBatch): Inputs {
    const { width, headWidth, ropeTheta } = this.config;
    const { paddedRows: B, positions: T } = micro;
    const table = this.parameters.entries.get(EMBEDDING)!.data;
    // Padding reads token 0: any finite vector does, for nothing that is kept depends on it.
    const embedded = new Float32Array(B * T * width);
    for (let i = 0; i < B * T; i++) embedded.set(table.subarray(0, width), i * width);
    forEachPosition(micro, batch.rowStart, (padded, token) => {
      const id = batch.ids[token]!;
      embedded.set(table.subarray(id * width, (id + 1) * width), padded * width);
    });
    const { cos, sin } = ropeTable(T, headWidth, ropeTheta);
    const target = padPredictions(micro, batch, batch.ids, new Int32Array(B * T), 0);
    const tau = padPredictions(micro, batch, batch.tau, new Float32Array(B * T), 1);
    return {
      embedded: np.array(embedded).reshape([B, T, width]),
      target: np.array(target).reshape([B, T]),
      tau: np.array(tau).reshape([B, T]),
      cos: np.array(cos).reshape([1, T, 1, 1, headWidth / 2]),
      sin: np.array(sin).reshape([1, T, 1, 1, headWidth / 2]),
    };
  }

  /** The look-up's backward: each read row of the embedding gets its positions' gradients. */
  private scatterEmbedding(dEmbedded: Float32Array, micro: Microbatch, batch: TokenBatch): void {
    const { width } = this.config;
    const table = this.gradient.entries.get(EMBEDDING)!.data;
    forEachPosition(micro, batch.rowStart, (padded, token) => {
      const id = batch.ids[token]!;
      for (let i = 0; i < width; i++) table[id * width + i]! += dEmbedded[padded * width + i]!;
    });
  }
}

function emptyScores(tokens: number): TokenScores {
  return {
    logp1: new Float32Array(tokens),
    logpTau: new Float32Array(tokens),
    entropyNats: new Float32Array(tokens),
  };
}

async function readScores(sums: Sums, micro: Microbatch, batch: TokenBatch, into: TokenScores): Promise<void> {
  const chosen = await read(sums.chosen);
  const total = await read(sums.total);
  const totalTau = await read(sums.totalTau);
  const weighted = await read(sums.weighted);
  forEachPosition(micro, batch.rowStart, (padded, token) => {
    const predicted = token + 1;
    const logTotal = Math.log(total[padded]!);
    into.logp1[predicted] = chosen[padded]! - logTotal;
    into.logpTau[predicted] = chosen[padded]! / batch.tau[predicted]! - Math.log(totalTau[padded]!);
    // H = ln sum e^z - sum z e^z / sum e^z; rounding may leave a sure token's a hair below 0.
    into.entropyNats[predicted] = Math.max(0, logTotal - weighted[padded]! / total[padded]!);
  });
}

/** The values of an array, which is given up. */
async function read(array: np.Array): Promise<Float32Array> {
  return (await array.data()) as Float32Array;
}

function addInto(sum: Float32Array, x: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += x[i]!;
}
