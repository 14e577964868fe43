// The transformer, its training step, decoding and sampling in TensorFlow.js on its WebGPU backend: eager operations in
// `tf.tidy`, variables with the library's own Adam, tokens kept on the device while decoding.

import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import type { PolicyConfig } from '../../src/policy/config.ts';
import type { NamedTensors } from '../../src/policy/parameters.ts';
import { ADAMW, type Contender } from '../contender.ts';

type Parameters = ReadonlyMap<string, tf.Variable>;
/** cos and sin of the rotary angles, [positions, headWidth]. */
interface Rotary {
  readonly cos: tf.Tensor2D;
  readonly sin: tf.Tensor2D;
}
/** Keys and values so far, [rows, heads, tokens, headWidth]. */
type Cache = {
  readonly keys: tf.Tensor4D;
  readonly values: tf.Tensor4D;
};

function toVariables(tensors: NamedTensors): Parameters {
  const variables = new Map<string, tf.Variable>();
  for (const [name, { shape, data }] of tensors)
    variables.set(name, tf.variable(tf.tensor(data, [...shape], 'float32'), true));
  return variables;
}

function disposeVariables(parameters: Parameters): void {
  for (const variable of parameters.values()) variable.dispose();
}

function rotaryTable(config: PolicyConfig, positions: number): Rotary {
  const half = config.headWidth / 2;
  const table = (f: (angle: number) => number): tf.Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: positions * config.headWidth }, (_, i) => {
        const position = Math.floor(i / config.headWidth);
        return f(position * config.ropeTheta ** (-(i % half) / half));
      }),
      [positions, config.headWidth],
    );
  return { cos: table(Math.cos), sin: table(Math.sin) };
}

/** x: [rows * tokens, width] */
function rmsNorm(x: tf.Tensor2D, gain: tf.Tensor, epsilon: number): tf.Tensor2D {
  const meanSquare = tf.mean(tf.square(x), -1, true);
  return tf.mul(tf.mul(x, tf.rsqrt(tf.add(meanSquare, epsilon))), gain);
}

/** Linear weights are [out, in]; tf.matMul transposes as it reads. */
function linear(x: tf.Tensor2D, weight: tf.Tensor): tf.Tensor2D {
  return tf.matMul(x, weight as tf.Tensor2D, false, true);
}

/** x: [rows, heads, tokens, headWidth] */
function rotate(x: tf.Tensor4D, rotary: Rotary): tf.Tensor4D {
  const [first, second] = tf.split(x, 2, -1);
  const turned = tf.concat([tf.neg(second!), first!], -1);
  return tf.add(tf.mul(x, rotary.cos), tf.mul(turned, rotary.sin));
}

/** A transformer block on x [rows * tokens, width]; `attend` gets [rows, heads, tokens, headWidth]. */
function block(
  config: PolicyConfig,
  parameters: Parameters,
  layer: number,
  x: tf.Tensor2D,
  rows: number,
  rotary: Rotary,
  attend: (q: tf.Tensor4D, k: tf.Tensor4D, v: tf.Tensor4D) => tf.Tensor4D,
): tf.Tensor2D {
  const weight = (name: string): tf.Tensor => parameters.get(`model.layers.${layer}.${name}`)!;
  const { heads, headWidth, rmsEpsilon } = config;
  const tokens = x.shape[0] / rows;
  const normed = rmsNorm(x, weight('input_layernorm.weight'), rmsEpsilon);
  const project = (name: string): tf.Tensor4D => {
    const flat = tf.fused.matMul({
      a: normed,
      b: weight(`self_attn.${name}.weight`) as tf.Tensor2D,
      transposeB: true,
      bias: weight(`self_attn.${name}.bias`),
    });
    return tf.transpose(tf.reshape(flat, [rows, tokens, heads, headWidth]), [0, 2, 1, 3]) as tf.Tensor4D;
  };
  const mixed = attend(rotate(project('q_proj'), rotary), rotate(project('k_proj'), rotary), project('v_proj'));
  const merged = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [rows * tokens, heads * headWidth]) as tf.Tensor2D;
  const attended = tf.add(x, linear(merged, weight('self_attn.o_proj.weight'))) as tf.Tensor2D;
  const mlpInput = rmsNorm(attended, weight('post_attention_layernorm.weight'), rmsEpsilon);
  const gate = linear(mlpInput, weight('mlp.gate_proj.weight'));
  const hidden = tf.mul(tf.mul(gate, tf.sigmoid(gate)), linear(mlpInput, weight('mlp.up_proj.weight')));
  return tf.add(attended, linear(hidden as tf.Tensor2D, weight('mlp.down_proj.weight')));
}

/** softmax(q k^T / sqrt(headWidth) + mask) v; `mask` is [tokens, tokens], or null where every key is visible. */
function attention(
  q: tf.Tensor4D,
  k: tf.Tensor4D,
  v: tf.Tensor4D,
  headWidth: number,
  mask: tf.Tensor2D | null,
): tf.Tensor4D {
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(headWidth));
  return tf.matMul(tf.softmax(mask === null ? scores : tf.add(scores, mask)), v) as tf.Tensor4D;
}

/** Logits of the tied head, [rows * tokens, vocabulary]. */
function head(config: PolicyConfig, parameters: Parameters, x: tf.Tensor2D): tf.Tensor2D {
  const final = rmsNorm(x, parameters.get('model.norm.weight')!, config.rmsEpsilon);
  return linear(final, parameters.get('model.embed_tokens.weight')!);
}

/** 0 where a key is visible, -1e9 where it lies in the future. */
function causalMask(tokens: number): tf.Tensor2D {
  const mask = Float32Array.from({ length: tokens * tokens }, (_, i) =>
    i % tokens <= Math.floor(i / tokens) ? 0 : -1e9,
  );
  return tf.tensor2d(mask, [tokens, tokens]);
}

/** Mean cross-entropy of ids[row, 1..]; `inputs` [rows * tokens] and `targets`, one-hot, zero at each row's end. */
function crossEntropy(
  config: PolicyConfig,
  parameters: Parameters,
  inputs: tf.Tensor1D,
  targets: tf.Tensor2D,
  rows: number,
  rotary: Rotary,
  mask: tf.Tensor2D,
): tf.Scalar {
  let x = tf.gather(parameters.get('model.embed_tokens.weight')!, inputs) as tf.Tensor2D;
  for (let layer = 0; layer < config.layers; layer++)
    x = block(config, parameters, layer, x, rows, rotary, (q, k, v) => attention(q, k, v, config.headWidth, mask));
  const logp = tf.logSoftmax(head(config, parameters, x));
  const predictions = inputs.shape[0] - rows;
  return tf.mul(tf.sum(tf.mul(logp, targets)), -1 / predictions) as tf.Scalar;
}

/** One-hot of each token's successor; a row's last token has none. */
function successors(ids: Int32Array, rows: number, vocabulary: number): tf.Tensor2D {
  const length = ids.length / rows;
  const oneHot = new Float32Array(ids.length * vocabulary);
  for (let i = 0; i < ids.length; i++) if ((i + 1) % length !== 0) oneHot[i * vocabulary + ids[i + 1]!] = 1;
  return tf.tensor2d(oneHot, [ids.length, vocabulary]);
}

async function start(): Promise<void> {
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js could not start its WebGPU backend.');
  await tf.ready();
}

export const contender: Contender = {
  name: 'tfjs',

  async openTraining({ config, parameters: tensors, rows, length }) {
    await start();
    const parameters = toVariables(tensors);
    const variables = [...parameters.values()];
    const matrices = variables.filter((variable) => variable.rank > 1);
    const rotary = rotaryTable(config, length);
    const mask = causalMask(length);
    const adam = tf.train.adam(ADAMW.learningRate, ADAMW.beta1, ADAMW.beta2, ADAMW.epsilon);
    return {
      async step(ids) {
        const loss = tf.tidy(() => {
          const inputs = tf.tensor1d(ids, 'int32');
          const targets = successors(ids, rows, config.vocabulary);
          const { value, grads } = tf.variableGrads(
            () => crossEntropy(config, parameters, inputs, targets, rows, rotary, mask),
            variables,
          );
          for (const matrix of matrices) matrix.assign(tf.mul(matrix, 1 - ADAMW.learningRate * ADAMW.weightDecay));
          adam.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
          return value;
        });
        const [value] = await loss.data();
        // The loss is known before the update has run: wait for a parameter too.
        await variables.at(-1)!.data();
        loss.dispose();
        return value!;
      },
      close() {
        adam.dispose();
        disposeVariables(parameters);
        tf.dispose([rotary.cos, rotary.sin, mask]);
      },
    };
  },

  async openDecoding({ config, parameters: tensors, prompts, newTokens, tau }) {
    await start();
    const rows = prompts.length;
    const parameters = toVariables(tensors);
    const rotary = rotaryTable(config, newTokens);

    function decodeStep(ids: tf.Tensor1D, caches: Cache[], position: number, seed: number): [tf.Tensor1D, Cache[]] {
      const here: Rotary = {
        cos: tf.slice(rotary.cos, [position, 0], [1, config.headWidth]),
        sin: tf.slice(rotary.sin, [position, 0], [1, config.headWidth]),
      };
      let x = tf.gather(parameters.get('model.embed_tokens.weight')!, ids) as tf.Tensor2D;
      const grown: Cache[] = [];
      for (let layer = 0; layer < config.layers; layer++)
        x = block(config, parameters, layer, x, rows, here, (q, k, v) => {
          const past = caches[layer];
          const keys = past === undefined ? k : tf.concat([past.keys, k], 2);
          const values = past === undefined ? v : tf.concat([past.values, v], 2);
          grown.push({ keys, values });
          return attention(q, keys, values, config.headWidth, null);
        });
      const logits = tf.mul(head(config, parameters, x), 1 / tau) as tf.Tensor2D;
      const next = tf.reshape(tf.multinomial(logits, 1, seed), [rows]) as tf.Tensor1D;
      return [next, grown];
    }

    return {
      async run(seed) {
        let ids = tf.tensor1d(prompts, 'int32');
        let caches: Cache[] = [];
        const drawn: tf.Tensor1D[] = [];
        for (let t = 0; t < newTokens; t++) {
          const [next, grown] = tf.tidy(() => decodeStep(ids, caches, t, seed * newTokens + t + 1));
          if (t === 0) ids.dispose();
          for (const cache of caches) tf.dispose([cache.keys, cache.values]);
          ids = next;
          caches = grown;
          drawn.push(next);
        }
        for (const cache of caches) tf.dispose([cache.keys, cache.values]);
        const stacked = tf.stack(drawn, 1);
        tf.dispose(drawn);
        const tokens = (await stacked.data()) as Int32Array;
        stacked.dispose();
        return tokens;
      },
      close() {
        disposeVariables(parameters);
        tf.dispose([rotary.cos, rotary.sin]);
      },
    };
  },

  async openSampling({ logits, rows, vocabulary, times }) {
    await start();
    const onDevice = tf.tensor2d(logits, [rows, vocabulary]);
    const sample = (seed: number): [tf.Tensor, tf.Tensor] => {
      // The fastest of the forms tried: one softmax for both. No probability is 0 at the spread of these logits.
      const p = tf.softmax(onDevice);
      const entropy = tf.neg(tf.sum(tf.mul(p, tf.log(p)), -1));
      const token = tf.multinomial(p, 1, seed, true);
      return [token, entropy];
    };
    return {
      async draw(seed) {
        let last: [tf.Tensor, tf.Tensor] | null = null;
        for (let i = 0; i < times; i++) {
          if (last !== null) tf.dispose(last);
          last = tf.tidy(() => sample(seed * times + i + 1));
        }
        const [token, entropy] = last!;
        const tokens = (await token.data()) as Int32Array;
        const entropyNats = (await entropy.data()) as Float32Array;
        tf.dispose(last!);
        return { tokens, entropyNats };
      },
      close() {
        onDevice.dispose();
      },
    };
  },
};
