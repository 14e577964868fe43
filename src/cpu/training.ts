// Scores and gradients of ragged batches: microbatches go through the jax-js graph, results return to packed order.

import { defaultDevice, init, numpy as np, tree } from '@jax-js/jax';
import { checkBatch } from '../policy/batch.ts';
import type { PolicyConfig } from '../policy/config.ts';
import type { Coefficients, TokenBatch, TokenScores } from '../policy/engine.ts';
import { EMBEDDING, HEAD } from '../policy/parameters.ts';
import { ropeTable } from '../policy/ropeTable.ts';
import type { Arena, ArenaEntry } from './arena.ts';
import { createGraph, type DecoderInputs, type Graph, type LayerWeights } from './graph.ts';
import { type HeadBatch, headChunk, headGradientInChunks, sumsInChunks } from './headChunks.ts';
import { addInto, read, readSums, type SumValues } from './hostArrays.ts';
import { forEachPosition, type Microbatch, microbatches, padPredictions } from './microbatch.ts';

/** Starts jax-js's wasm backend. @throws Error with one sentence where WebAssembly or its SIMD is missing. */
export async function startJax(): Promise<void> {
  const devices = await init('wasm');
  if (!devices.includes('wasm')) throw new Error('The CPU engine needs WebAssembly, which is not available here.');
  defaultDevice('wasm');
}

/** Float32 values of logits that are held at once (16 MiB; a few arrays of this size live together). */
const MOST_LOGITS = 1 << 22;

interface SharedWeights {
  readonly layers: LayerWeights;
  readonly head: np.Array;
}

export class Training {
  private readonly config: PolicyConfig;
  private readonly parameters: Arena;
  private readonly gradient: Arena;
  private readonly mostLogits: number;
  private readonly graph: Graph;
  /** jax-js's copy of the parameters; null when they have changed since. */
  private weights: SharedWeights | null = null;

  /**
   * Call parametersChanged() after writing to `parameters`; accumulate() adds to `gradient`. At most `mostLogits` values
   * of logits are held at once.
   */
  constructor(config: PolicyConfig, parameters: Arena, gradient: Arena, mostLogits = MOST_LOGITS) {
    this.config = config;
    this.parameters = parameters;
    this.gradient = gradient;
    this.mostLogits = mostLogits;
    this.graph = createGraph(config);
  }

  parametersChanged(): void {
    if (this.weights !== null) tree.dispose(this.weights);
    this.weights = null;
  }

  async score(batch: TokenBatch): Promise<TokenScores> {
    checkBatch(batch, this.config.vocabulary, this.config.maxPositions);
    const scores = emptyScores(batch.ids.length);
    for (const micro of microbatches(this.config, batch.rowStart)) {
      const { layers, head } = this.shared();
      const hidden = await read(this.graph.hidden(layers, this.inputs(micro, batch)));
      const sums = await sumsInChunks(this.graph, head, this.headBatch(micro, batch, hidden));
      writeScores(sums, micro, batch, scores);
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
      const tokens = micro.paddedRows * micro.positions;
      const padded = padPredictions(micro, batch, coef, new Float32Array(tokens), 0);
      const whole = headChunk(tokens, this.config.vocabulary, this.mostLogits) === tokens;
      const sums = await (whole
        ? this.addGradient(micro, batch, padded)
        : this.addGradientInChunks(micro, batch, padded));
      writeScores(sums, micro, batch, scores);
    }
    return scores;
  }

  dispose(): void {
    this.parametersChanged();
    this.graph.dispose();
  }

  private async addGradient(micro: Microbatch, batch: TokenBatch, coef: Float32Array): Promise<SumValues> {
    const { layers, head } = this.shared();
    const { target, tau } = predictionsOf(micro, batch);
    const predictions = { target: np.array(target), tau: np.array(tau) };
    const result = this.graph.gradient(layers, head, this.inputs(micro, batch), predictions, np.array(coef));
    await this.addLayers(result.layers);
    addInto(this.headGradient(), await read(result.head));
    this.scatterEmbedding(await read(result.embedded), micro, batch);
    return readSums(result.sums);
  }

  /** Costs one more forward of the layers: jax-js cannot keep what their backward needs while the head is cut up. */
  private async addGradientInChunks(micro: Microbatch, batch: TokenBatch, coef: Float32Array): Promise<SumValues> {
    const { layers, head } = this.shared();
    const hidden = await read(this.graph.hidden(tree.ref(layers), this.inputs(micro, batch)));
    const headBatch = this.headBatch(micro, batch, hidden);
    const { sums, dHidden } = await headGradientInChunks(this.graph, head, headBatch, coef, this.headGradient());
    const cotangent = np.array(dHidden).reshape([coef.length, this.config.width]);
    const result = this.graph.hiddenGradient(layers, this.inputs(micro, batch), cotangent);
    await this.addLayers(result.layers);
    this.scatterEmbedding(await read(result.embedded), micro, batch);
    return sums;
  }

  private async addLayers(layers: LayerWeights): Promise<void> {
    for (const [name, array] of Object.entries(layers))
      addInto(this.gradient.entries.get(name)!.data, await read(array));
  }

  private headName(): string {
    return this.config.tied ? EMBEDDING : HEAD;
  }

  private headGradient(): Float32Array {
    return this.gradient.entries.get(this.headName())!.data;
  }

  /** One more reference to the parameters, brought up to date. */
  private shared(): SharedWeights {
    if (this.weights === null) {
      const upload = ({ shape, data }: ArenaEntry) => np.array(data).reshape([...shape]);
      const layers = [...this.parameters.entries.values()].filter(({ name }) => name !== EMBEDDING && name !== HEAD);
      this.weights = {
        layers: Object.fromEntries(layers.map((entry) => [entry.name, upload(entry)])),
        head: upload(this.parameters.entries.get(this.headName())!),
      };
    }
    return tree.ref(this.weights);
  }

  private headBatch(micro: Microbatch, batch: TokenBatch, hidden: Float32Array): HeadBatch {
    const predictions = predictionsOf(micro, batch);
    const chunk = headChunk(predictions.target.length, this.config.vocabulary, this.mostLogits);
    return { hidden, ...predictions, chunk };
  }

  private inputs(micro: Microbatch, batch: TokenBatch): DecoderInputs {
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
    return {
      embedded: np.array(embedded).reshape([B, T, width]),
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

/** What each padded position predicts; [B * T]. */
function predictionsOf(micro: Microbatch, batch: TokenBatch): { target: Int32Array; tau: Float32Array } {
  const tokens = micro.paddedRows * micro.positions;
  return {
    target: padPredictions(micro, batch, batch.ids, new Int32Array(tokens), 0),
    tau: padPredictions(micro, batch, batch.tau, new Float32Array(tokens), 1),
  };
}

function emptyScores(tokens: number): TokenScores {
  return {
    logp1: new Float32Array(tokens),
    logpTau: new Float32Array(tokens),
    entropyNats: new Float32Array(tokens),
  };
}

function writeScores(
  { chosen, total, totalTau, weighted }: SumValues,
  micro: Microbatch,
  batch: TokenBatch,
  into: TokenScores,
): void {
  forEachPosition(micro, batch.rowStart, (padded, token) => {
    const predicted = token + 1;
    const logTotal = Math.log(total[padded]!);
    into.logp1[predicted] = chosen[padded]! - logTotal;
    into.logpTau[predicted] = chosen[padded]! / batch.tau[predicted]! - Math.log(totalTau[padded]!);
    // H = ln sum e^z - sum z e^z / sum e^z; rounding may leave a sure token's a hair below 0.
    into.entropyNats[predicted] = Math.max(0, logTotal - weighted[padded]! / total[padded]!);
  });
}
