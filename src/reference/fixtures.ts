// The committed PyTorch fixtures (scripts/pytorch_fixtures.py), for tests in Node and in the browser alike: Vite
// carries the files inside the module. Test code only; nothing that ships imports this.

import { type PolicyConfig, policyConfigFromHuggingFace } from '../policy/config.ts';
import type { AdamWOptions, TokenBatch } from '../policy/engine.ts';
import { type NamedTensors, parameterShapes } from '../policy/parameters.ts';
import { readSafetensors } from '../policy/safetensors.ts';
import groupedBatch from './fixtures/grouped/batch.json';
import groupedConfig from './fixtures/grouped/config.json';
import groupedExpected from './fixtures/grouped/expected.safetensors?url&inline';
import groupedModel from './fixtures/grouped/model.safetensors?url&inline';
import untiedBatch from './fixtures/untied/batch.json';
import untiedConfig from './fixtures/untied/config.json';
import untiedExpected from './fixtures/untied/expected.safetensors?url&inline';
import untiedModel from './fixtures/untied/model.safetensors?url&inline';

/** A policy, a ragged batch with mixed tau and mixed-sign coefficients, and what PyTorch computed in float64. */
export interface PyTorchFixture {
  readonly name: 'grouped' | 'untied';
  readonly config: PolicyConfig;
  readonly parameters: NamedTensors;
  readonly batch: TokenBatch;
  readonly coef: Float32Array;
  /** Aligned with batch.ids; 0 at each row's first token. */
  readonly logp1: Float32Array;
  readonly logpTau: Float32Array;
  readonly entropyNats: Float32Array;
  /** Of sum coef * logpTau, by parameter name. */
  readonly gradient: NamedTensors;
}

/** Three AdamW steps, each on a fresh gradient of the batch. */
export interface AdamWFixture {
  readonly options: AdamWOptions;
  /** Gradient norm before the clip, of each step. */
  readonly gradNorms: readonly number[];
  readonly parameters: NamedTensors;
  readonly firstMoment: NamedTensors;
  readonly secondMoment: NamedTensors;
}

/** Four layers, width 48, 6 heads in 2 groups, MLP 72, 40 tokens, tied; rows of 24, 1, 7, 2 and 17 tokens. */
export const grouped: PyTorchFixture = fixture('grouped', groupedConfig, groupedModel, groupedExpected, groupedBatch);

/** Two layers, width 20, 4 heads of width 6 in 2 groups, MLP 28, 23 tokens, untied; rows of 9, 2 and 13 tokens. */
export const untied: PyTorchFixture = fixture('untied', untiedConfig, untiedModel, untiedExpected, untiedBatch);

/** What the steps make of `untied`. */
export const untiedAdamW: AdamWFixture = {
  options: untiedBatch.adamw,
  gradNorms: untiedBatch.gradNorms,
  parameters: parametersOf(untied.config, untiedExpected, 'adamw.'),
  firstMoment: parametersOf(untied.config, untiedExpected, 'firstMoment.'),
  secondMoment: parametersOf(untied.config, untiedExpected, 'secondMoment.'),
};

/** The tensors of a fixture's safetensors file, given as a data URL. */
export function tensorsOf(dataUrl: string): NamedTensors {
  const text = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
  return readSafetensors(Uint8Array.from(text, (byte) => byte.charCodeAt(0))).tensors;
}

/** The largest |a - b|; NaN if any value is. */
export function largestDifference(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  return Float64Array.from(a, (x, i) => Math.abs(x - b[i]!)).reduce((p, q) => Math.max(p, q), 0);
}

/** |a - b| / |b| in the L2 norm. */
export function relativeL2(a: Float32Array | Float64Array, b: Float32Array | Float64Array): number {
  const norm = (x: Float64Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0));
  return norm(Float64Array.from(a, (x, i) => x - b[i]!)) / norm(Float64Array.from(b));
}

function fixture(
  name: PyTorchFixture['name'],
  huggingFaceConfig: unknown,
  model: string,
  expected: string,
  batch: { ids: number[]; rowStart: number[]; tau: number[]; coef: number[] },
): PyTorchFixture {
  const config = policyConfigFromHuggingFace(huggingFaceConfig);
  const results = tensorsOf(expected);
  return {
    name,
    config,
    parameters: parametersOf(config, model),
    batch: {
      ids: Int32Array.from(batch.ids),
      rowStart: Int32Array.from(batch.rowStart),
      tau: Float32Array.from(batch.tau),
    },
    coef: Float32Array.from(batch.coef),
    logp1: results.get('logp1')!.data,
    logpTau: results.get('logpTau')!.data,
    entropyNats: results.get('entropyNats')!.data,
    gradient: parametersOf(config, expected, 'gradient.'),
  };
}

/** The file's tensors called prefix + parameter name, by parameter name. */
function parametersOf(config: PolicyConfig, dataUrl: string, prefix = ''): NamedTensors {
  const tensors = tensorsOf(dataUrl);
  return new Map(parameterShapes(config).map(({ name }) => [name, tensors.get(prefix + name)!]));
}
