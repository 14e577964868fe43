// The policy in float64: a Qwen2 decoder, forward and backward, one row of tokens at a time.
//
//   x = E[ids]
//   each layer:  x = x + Wo attention(rope(Wq n + bq), rope(Wk n + bk), Wv n + bv),  n = rmsNorm(x)
//                x = x + Wdown(silu(Wgate m) * Wup m),                              m = rmsNorm(x)
//   logits = H rmsNorm(x),  H = E when tied
//
// Slow and obvious on purpose: every faster engine is compared with this file.

import type { PolicyConfig } from '../policy/config.ts';
import {
  checkParameters,
  EMBEDDING,
  elementCount,
  FINAL_NORM,
  HEAD,
  type NamedTensors,
  parameterShapes,
} from '../policy/parameters.ts';
import { attention, attentionBackward } from './attention.ts';
import {
  embed,
  embedBackward,
  linear,
  linearBackward,
  rmsNorm,
  rmsNormBackward,
  rotate,
  rotateBackward,
  sum,
  swiglu,
  swigluBackward,
} from './operations.ts';

/** Parameters, gradients or moments in float64, by Hugging Face name, in parameterShapes' order. */
export type Weights = ReadonlyMap<string, Float64Array>;

/** Checks and widens to float64. @throws ParameterError */
export function weightsFromTensors(c: PolicyConfig, tensors: NamedTensors): Weights {
  checkParameters(c, tensors);
  return new Map(parameterShapes(c).map(({ name }) => [name, Float64Array.from(tensors.get(name)!.data)]));
}

/** Rounds to float32. */
export function tensorsFromWeights(c: PolicyConfig, weights: Weights): NamedTensors {
  return new Map(
    parameterShapes(c).map(({ name, shape }) => [name, { shape, data: Float32Array.from(weights.get(name)!) }]),
  );
}

export function zeroWeights(c: PolicyConfig): Weights {
  return new Map(parameterShapes(c).map(({ name, shape }) => [name, new Float64Array(elementCount(shape))]));
}

/** What a layer computed; [T, width] arrays, except keys and values, which also hold the cached rows before. */
export interface LayerTrace {
  readonly input: Float64Array;
  readonly attentionNorm: Float64Array;
  readonly queries: Float64Array;
  readonly keys: Float64Array;
  readonly values: Float64Array;
  readonly attentionWeights: Float64Array;
  readonly attended: Float64Array;
  readonly middle: Float64Array;
  readonly mlpNorm: Float64Array;
  readonly gate: Float64Array;
  readonly up: Float64Array;
  readonly hidden: Float64Array;
}

export interface Trace {
  readonly ids: Int32Array;
  readonly layers: readonly LayerTrace[];
  /** The residual stream after the last layer, and its norm. */
  readonly output: Float64Array;
  readonly outputNorm: Float64Array;
  /** [T, V]; row t predicts the token after ids[t]. */
  readonly logits: Float64Array;
}

/**
 * Logits of one row of ids, with everything the backward needs.
 * With `past`, the trace of the same row's earlier tokens, ids are the tokens after those (decoding with a cache).
 */
export function forward(c: PolicyConfig, w: Weights, ids: Int32Array, past?: Trace): Trace {
  const wrong = ids.find((id) => id < 0 || id >= c.vocabulary);
  if (wrong !== undefined)
    throw new RangeError(`The token id ${wrong} is not in the vocabulary of ${c.vocabulary} tokens.`);
  let x = embed(w.get(EMBEDDING)!, ids, c.width);
  const layers = Array.from({ length: c.layers }, (_, l) => {
    const trace = layerForward(c, layerWeights(w, l), x, past?.layers[l]);
    x = sum(trace.middle, linear(trace.hidden, layerWeights(w, l)('mlp.down_proj.weight'), null, c.width));
    return trace;
  });
  const outputNorm = rmsNorm(x, w.get(FINAL_NORM)!, c.rmsEpsilon);
  const logits = linear(outputNorm, w.get(c.tied ? EMBEDDING : HEAD)!, null, c.vocabulary);
  return { ids, layers, output: x, outputNorm, logits };
}

/** Adds d loss / d parameter to `gradient`, given dLogits [T, V] at a trace made without past. */
export function backward(c: PolicyConfig, w: Weights, trace: Trace, dLogits: Float64Array, gradient: Weights): void {
  const head = c.tied ? EMBEDDING : HEAD;
  const dNorm = linearBackward(trace.outputNorm, w.get(head)!, dLogits, c.vocabulary, gradient.get(head)!, null);
  let dx = rmsNormBackward(trace.output, w.get(FINAL_NORM)!, c.rmsEpsilon, dNorm, gradient.get(FINAL_NORM)!);
  for (let l = c.layers - 1; l >= 0; l--)
    dx = layerBackward(c, layerWeights(w, l), trace.layers[l]!, dx, layerWeights(gradient, l));
  embedBackward(dx, trace.ids, c.width, gradient.get(EMBEDDING)!);
}

type LayerWeights = (name: string) => Float64Array;

function layerWeights(w: Weights, layer: number): LayerWeights {
  return (name) => w.get(`model.layers.${layer}.${name}`)!;
}

function layerForward(c: PolicyConfig, w: LayerWeights, input: Float64Array, past?: LayerTrace): LayerTrace {
  const qWidth = c.heads * c.headWidth;
  const kvWidth = c.kvHeads * c.headWidth;
  const position = past === undefined ? 0 : past.keys.length / kvWidth;

  const attentionNorm = rmsNorm(input, w('input_layernorm.weight'), c.rmsEpsilon);
  const q = linear(attentionNorm, w('self_attn.q_proj.weight'), w('self_attn.q_proj.bias'), qWidth);
  const k = linear(attentionNorm, w('self_attn.k_proj.weight'), w('self_attn.k_proj.bias'), kvWidth);
  const v = linear(attentionNorm, w('self_attn.v_proj.weight'), w('self_attn.v_proj.bias'), kvWidth);
  const queries = rotate(q, c.headWidth, qWidth, c.ropeTheta, position);
  const keys = append(past?.keys, rotate(k, c.headWidth, kvWidth, c.ropeTheta, position));
  const values = append(past?.values, v);
  const { weights: attentionWeights, output: attended } = attention(c, queries, keys, values);
  const middle = sum(input, linear(attended, w('self_attn.o_proj.weight'), null, c.width));

  const mlpNorm = rmsNorm(middle, w('post_attention_layernorm.weight'), c.rmsEpsilon);
  const gate = linear(mlpNorm, w('mlp.gate_proj.weight'), null, c.mlpWidth);
  const up = linear(mlpNorm, w('mlp.up_proj.weight'), null, c.mlpWidth);
  const hidden = swiglu(gate, up);
  return {
    input,
    attentionNorm,
    queries,
    keys,
    values,
    attentionWeights,
    attended,
    middle,
    mlpNorm,
    gate,
    up,
    hidden,
  };
}

/** dx is d loss / d (the layer's output); returns d loss / d (its input). Read layerForward from bottom to top. */
function layerBackward(
  c: PolicyConfig,
  w: LayerWeights,
  t: LayerTrace,
  dx: Float64Array,
  g: LayerWeights,
): Float64Array {
  /** y = W x + b by the weights' name; the o, gate, up and down products have no bias. */
  const product = (x: Float64Array, name: string, dy: Float64Array, outWidth: number, biased = false) =>
    linearBackward(x, w(`${name}.weight`), dy, outWidth, g(`${name}.weight`), biased ? g(`${name}.bias`) : null);
  const norm = (x: Float64Array, name: string, dy: Float64Array) =>
    rmsNormBackward(x, w(name), c.rmsEpsilon, dy, g(name));
  const qWidth = c.heads * c.headWidth;
  const kvWidth = c.kvHeads * c.headWidth;

  const dHidden = product(t.hidden, 'mlp.down_proj', dx, c.width);
  const { dGate, dUp } = swigluBackward(t.gate, t.up, dHidden);
  const dMlpNorm = sum(
    product(t.mlpNorm, 'mlp.gate_proj', dGate, c.mlpWidth),
    product(t.mlpNorm, 'mlp.up_proj', dUp, c.mlpWidth),
  );
  const dMiddle = sum(dx, norm(t.middle, 'post_attention_layernorm.weight', dMlpNorm));

  const dAttended = product(t.attended, 'self_attn.o_proj', dMiddle, c.width);
  const { dq, dk, dv } = attentionBackward(c, t.queries, t.keys, t.values, t.attentionWeights, dAttended);
  const dQueries = rotateBackward(dq, c.headWidth, qWidth, c.ropeTheta);
  const dKeys = rotateBackward(dk, c.headWidth, kvWidth, c.ropeTheta);
  const dAttentionNorm = sum(
    product(t.attentionNorm, 'self_attn.q_proj', dQueries, qWidth, true),
    sum(
      product(t.attentionNorm, 'self_attn.k_proj', dKeys, kvWidth, true),
      product(t.attentionNorm, 'self_attn.v_proj', dv, kvWidth, true),
    ),
  );
  return sum(dMiddle, norm(t.input, 'input_layernorm.weight', dAttentionNorm));
}

function append(before: Float64Array | undefined, rows: Float64Array): Float64Array {
  if (before === undefined) return rows;
  const all = new Float64Array(before.length + rows.length);
  all.set(before);
  all.set(rows, before.length);
  return all;
}
