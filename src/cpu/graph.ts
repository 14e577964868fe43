// The policy as jax-js functions: the decoder, log-probs and entropies of its targets, and their gradient.
//
// Everything works on one padded microbatch of B rows by T positions; causality keeps the padding out of the real
// tokens and a coefficient of 0 keeps it out of the gradient. The embedding look-up stays outside (a gather and a
// scatter of rows cost nothing in a loop), so the graph starts from the embedded tokens.
//
// jax-js counts references: passing an array to a function gives it away, and `.ref` keeps one more.
//
// How operations are placed decides what jax-js fuses (measured on its wasm backend): a product adds its residual last, and the
// softmax divides after the values are summed, which makes the attended rows contiguous before the output product.

import { jit, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import type { PolicyConfig } from '../policy/config.ts';
import { FINAL_NORM } from '../policy/parameters.ts';

/** Parameters, or their gradients, by Hugging Face name; all but the embedding and the head. */
export type LayerWeights = Record<string, np.Array>;

/** What the decoder reads. Type aliases here: jax-js's trees do not accept interfaces. */
export type DecoderInputs = {
  /** [B, T, width] */
  embedded: np.Array;
  /** RoPE's cosines and sines, [1, T, 1, 1, headWidth / 2]. */
  cos: np.Array;
  sin: np.Array;
};

/** What is asked of n hidden vectors. */
export type Predictions = {
  /** The token that each predicts, int32. */
  target: np.Array;
  /** Temperature of that prediction. */
  tau: np.Array;
};

/**
 * What the scores of n predictions are made of, with z the logits less their maximum. The logarithms are left to float64
 * outside, because jax-js's log is only good to 1e-5.
 */
export type Sums = {
  /** z of the target. */
  chosen: np.Array;
  /** sum e^z */
  total: np.Array;
  /** sum e^(z / tau) */
  totalTau: np.Array;
  /** sum z e^z */
  weighted: np.Array;
};

/** jit's functions; each compiles once for every shape it is called with. n = B * T. */
export interface Graph {
  /** The normed output of the last layer, [n, width]. */
  hidden(layers: LayerWeights, inputs: DecoderInputs): np.Array;
  /** From hidden [n, width] and the head [V, width]. */
  sums(hidden: np.Array, head: np.Array, predictions: Predictions): Sums;
  /** Of sum coef * logpTau, coef [n], with respect to the layers, the head and the embedded tokens. */
  gradient(
    layers: LayerWeights,
    head: np.Array,
    inputs: DecoderInputs,
    predictions: Predictions,
    coef: np.Array,
  ): { sums: Sums; layers: LayerWeights; head: np.Array; embedded: np.Array };
  /** The same in two parts, for heads whose logits must be cut up: first with respect to hidden and the head ... */
  headGradient(
    hidden: np.Array,
    head: np.Array,
    predictions: Predictions,
    coef: np.Array,
  ): { sums: Sums; hidden: np.Array; head: np.Array };
  /** ... then, of sum dHidden * hidden, with respect to the layers and the embedded tokens. */
  hiddenGradient(
    layers: LayerWeights,
    inputs: DecoderInputs,
    dHidden: np.Array,
  ): { layers: LayerWeights; embedded: np.Array };
  dispose(): void;
}

/** Stands for minus infinity where infinity times 0 would be NaN. */
const MASKED = -1e30;

/** Arrays that are differentiated come first; `rest` holds what is not. */
type DecoderRest = { cos: np.Array; sin: np.Array };
type HeadRest = Predictions & { coef: np.Array };

export function createGraph(config: PolicyConfig): Graph {
  const decode = (layers: LayerWeights, embedded: np.Array, rest: DecoderRest) =>
    decoder(config, layers, embedded, rest.cos, rest.sin);
  const headLoss = (hidden: np.Array, head: np.Array, { target, tau, coef }: HeadRest) => {
    const sums = sumsOf(hidden, head, { target, tau: tau.ref });
    const logpTau = sums.chosen.ref.div(tau).sub(np.log(sums.totalTau.ref));
    return [logpTau.mul(coef).sum(), sums] as [np.Array, Sums];
  };
  const loss = (
    layers: LayerWeights,
    head: np.Array,
    embedded: np.Array,
    { cos, sin, ...rest }: DecoderRest & HeadRest,
  ) => headLoss(decode(layers, embedded, { cos, sin }), head, rest);
  const pairing = (
    layers: LayerWeights,
    embedded: np.Array,
    { dHidden, ...rest }: DecoderRest & { dHidden: np.Array },
  ) => decode(layers, embedded, rest).mul(dHidden).sum();

  const compiled = {
    hidden: jit((layers: LayerWeights, { embedded, ...rest }: DecoderInputs) => decode(layers, embedded, rest)),
    sums: jit(sumsOf),
    gradient: jit(
      (
        layers: LayerWeights,
        head: np.Array,
        { embedded, ...rest }: DecoderInputs,
        predictions: Predictions,
        coef: np.Array,
      ) => {
        const both = valueAndGrad(loss, { argnums: [0, 1, 2], hasAux: true });
        const [[total, sums], [dLayers, dHead, dEmbedded]] = both(layers, head, embedded, {
          ...rest,
          ...predictions,
          coef,
        });
        total.dispose();
        return { sums, layers: dLayers, head: dHead, embedded: dEmbedded };
      },
    ),
    headGradient: jit((hidden: np.Array, head: np.Array, predictions: Predictions, coef: np.Array) => {
      const both = valueAndGrad(headLoss, { argnums: [0, 1], hasAux: true });
      const [[total, sums], [dHidden, dHead]] = both(hidden, head, { ...predictions, coef });
      total.dispose();
      return { sums, hidden: dHidden, head: dHead };
    }),
    hiddenGradient: jit((layers: LayerWeights, { embedded, ...rest }: DecoderInputs, dHidden: np.Array) => {
      const both = valueAndGrad(pairing, { argnums: [0, 1] });
      const [total, [dLayers, dEmbedded]] = both(layers, embedded, { ...rest, dHidden });
      total.dispose();
      return { layers: dLayers, embedded: dEmbedded };
    }),
  };
  return {
    ...compiled,
    dispose() {
      for (const { dispose } of Object.values(compiled)) dispose();
    },
  };
}

function sumsOf(hidden: np.Array, head: np.Array, { target, tau }: Predictions): Sums {
  const [tokens, vocabulary] = [hidden.shape[0]!, head.shape[0]!];
  const logits = linear(hidden, head);
  const largest = lax.stopGradient(np.max(logits.ref, -1, { keepdims: true })) as np.Array;
  const z = logits.sub(largest);
  const isTarget = np
    .arange(vocabulary)
    .reshape([1, vocabulary])
    .equal(target.reshape([tokens, 1]));
  const weight = np.exp(z.ref);
  const tempered = np.exp(z.ref.div(tau.reshape([tokens, 1])));
  return {
    chosen: np.where(isTarget, z.ref, 0).sum(-1),
    total: weight.ref.sum(-1),
    totalTau: tempered.sum(-1),
    weighted: weight.mul(z).sum(-1),
  };
}

/** The normed output of the last layer, [B * T, width]. */
function decoder(c: PolicyConfig, w: LayerWeights, embedded: np.Array, cos: np.Array, sin: np.Array): np.Array {
  const [rows, positions] = embedded.shape as [number, number, number];
  const causal = np.tri(positions, positions, 0, { dtype: np.bool });
  const signedSin = sin.mul(np.array([-1, 1]).reshape([2, 1]));
  let x = embedded.reshape([rows * positions, c.width]);
  for (let layer = 0; layer < c.layers; layer++) {
    const at = (name: string) => w[`model.layers.${layer}.${name}`]!;
    const project = (n: np.Array, part: 'q' | 'k' | 'v', heads: number) =>
      linear(n, at(`self_attn.${part}_proj.weight`))
        .add(at(`self_attn.${part}_proj.bias`))
        .reshape([rows, positions, heads, c.headWidth]);

    const n = rmsNorm(x.ref, at('input_layernorm.weight'), c.rmsEpsilon);
    const q = rotate(project(n.ref, 'q', c.heads), cos.ref, signedSin.ref);
    const k = rotate(project(n.ref, 'k', c.kvHeads), cos.ref, signedSin.ref);
    const v = project(n, 'v', c.kvHeads);
    x = linear(attention(c, q, k, v, causal.ref), at('self_attn.o_proj.weight')).add(x);

    const m = rmsNorm(x.ref, at('post_attention_layernorm.weight'), c.rmsEpsilon);
    const gate = linear(m.ref, at('mlp.gate_proj.weight'));
    const hidden = linear(m, at('mlp.up_proj.weight')).mul(nn.silu(gate));
    x = linear(hidden, at('mlp.down_proj.weight')).add(x);
  }
  for (const shared of [causal, cos, signedSin]) shared.dispose();
  return rmsNorm(x, w[FINAL_NORM]!, c.rmsEpsilon);
}

/** y = x W^T for x [n, in] and W [out, in]. */
function linear(x: np.Array, weight: np.Array): np.Array {
  return np.einsum(x, [0, 1], weight, [2, 1], [0, 2]);
}

function rmsNorm(x: np.Array, gain: np.Array, epsilon: number): np.Array {
  const meanSquare = np.square(x.ref).mean(-1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(meanSquare.add(epsilon)))).mul(gain);
}

/**
 * RoPE over [B, T, heads, D]: (a, b) = (x_i, x_{i + D/2}) turns to (a cos - b sin, b cos + a sin). With the halves on an
 * axis of their own, the swap of a and b is a flip, which costs jax-js nothing.
 */
function rotate(x: np.Array, cos: np.Array, signedSin: np.Array): np.Array {
  const shape = x.shape;
  const halves = x.reshape([...shape.slice(0, 3), 2, shape[3]! / 2]);
  return halves.ref.mul(cos).add(np.flip(halves, 3).mul(signedSin)).reshape(shape);
}

/** Causal grouped-query attention; q [B, T, heads, D], k and v [B, T, kvHeads, D] to [B * T, heads * D]. */
function attention(c: PolicyConfig, q: np.Array, k: np.Array, v: np.Array, causal: np.Array): np.Array {
  const [rows, positions] = q.shape as [number, number, number, number];
  const queriesPerKey = c.heads / c.kvHeads;
  // Axes of the products: b row, t query, s key, g kv head, j query head within g, d element.
  const [b, t, g, j, s, d] = [0, 1, 2, 3, 4, 5];
  const grouped = q.reshape([rows, positions, c.kvHeads, queriesPerKey, c.headWidth]);
  const products = np.einsum(grouped, [b, t, g, j, d], k, [b, s, g, d], [b, g, j, t, s]);
  const scaled = np.where(causal, products.mul(1 / Math.sqrt(c.headWidth)), MASKED);
  const largest = lax.stopGradient(np.max(scaled.ref, -1, { keepdims: true })) as np.Array;
  const weights = np.exp(scaled.sub(largest));
  const total = weights.ref.sum(-1).transpose([0, 3, 1, 2]);
  const mixed = np.einsum(weights, [b, g, j, t, s], v, [b, s, g, d], [b, t, g, j, d]);
  return mixed
    .mul(np.reciprocal(total).reshape([rows, positions, c.kvHeads, queriesPerKey, 1]))
    .reshape([rows * positions, c.heads * c.headWidth]);
}
