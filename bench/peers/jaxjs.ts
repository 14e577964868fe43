// The transformer, its training step, decoding and sampling in jax-js on WebGPU: one `jit` a training step, one `jit` a
// decoding step, as the library's own models are written. jax-js moves its arrays: a use consumes one, `.ref` keeps it.

import { defaultDevice, init, jit, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax';
import type { PolicyConfig } from '../../src/policy/config.ts';
import type { NamedTensors } from '../../src/policy/parameters.ts';
import { ADAMW, type Contender } from '../contender.ts';

type Layer = {
  inputNorm: np.Array;
  wq: np.Array;
  wk: np.Array;
  wv: np.Array;
  bq: np.Array;
  bk: np.Array;
  bv: np.Array;
  wo: np.Array;
  mlpNorm: np.Array;
  gate: np.Array;
  up: np.Array;
  down: np.Array;
};
type Parameters = { embedding: np.Array; layers: Layer[]; finalNorm: np.Array };
/** cos of the rotary angles, and sin with the sign that "rotate half" gives it: [positions, 1, 2, headWidth / 2]. */
type Rotary = { cos: np.Array; sin: np.Array };
type Cache = { keys: np.Array; values: np.Array };

/** Linear weights are kept [in, out], as jax code has them. */
function toParameters(config: PolicyConfig, tensors: NamedTensors): Parameters {
  const read = (name: string): np.Array => {
    const tensor = tensors.get(name)!;
    return np.array(tensor.data.slice(), { shape: [...tensor.shape], dtype: np.float32 });
  };
  const linear = (name: string): np.Array => {
    const { shape, data } = tensors.get(name)!;
    const [outputs, inputs] = shape as [number, number];
    const transposed = new Float32Array(data.length);
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++) transposed[i * outputs + o] = data[o * inputs + i]!;
    return np.array(transposed, { shape: [inputs, outputs], dtype: np.float32 });
  };
  const layers = Array.from({ length: config.layers }, (_, l): Layer => {
    const p = `model.layers.${l}.`;
    return {
      inputNorm: read(`${p}input_layernorm.weight`),
      wq: linear(`${p}self_attn.q_proj.weight`),
      wk: linear(`${p}self_attn.k_proj.weight`),
      wv: linear(`${p}self_attn.v_proj.weight`),
      bq: read(`${p}self_attn.q_proj.bias`),
      bk: read(`${p}self_attn.k_proj.bias`),
      bv: read(`${p}self_attn.v_proj.bias`),
      wo: linear(`${p}self_attn.o_proj.weight`),
      mlpNorm: read(`${p}post_attention_layernorm.weight`),
      gate: linear(`${p}mlp.gate_proj.weight`),
      up: linear(`${p}mlp.up_proj.weight`),
      down: linear(`${p}mlp.down_proj.weight`),
    };
  });
  return { embedding: read('model.embed_tokens.weight'), layers, finalNorm: read('model.norm.weight') };
}

function rotaryTable(config: PolicyConfig, positions: number): Rotary {
  const { headWidth, ropeTheta } = config;
  const half = headWidth / 2;
  const table = (value: (angle: number, isFirstHalf: boolean) => number): np.Array => {
    const data = Float32Array.from({ length: positions * headWidth }, (_, i) => {
      const angle = Math.floor(i / headWidth) * ropeTheta ** (-(i % half) / half);
      return value(angle, i % headWidth < half);
    });
    return np.array(data, { shape: [positions, 1, 2, half] });
  };
  return { cos: table(Math.cos), sin: table((angle, isFirstHalf) => (isFirstHalf ? -1 : 1) * Math.sin(angle)) };
}

function rmsNorm(x: np.Array, gain: np.Array, epsilon: number): np.Array {
  const meanSquare = np.square(x.ref).mean(-1, { keepdims: true });
  return x.div(np.sqrt(meanSquare.add(epsilon))).mul(gain);
}

/**
 * x: [rows, tokens, heads, headWidth]; the rotary table broadcasts over rows and heads. With the halves on an axis of
 * their own, "rotate half" is a flip, which costs jax-js no kernel.
 */
function rotate(x: np.Array, rotary: Rotary): np.Array {
  const shape = x.shape;
  const halves = x.reshape([...shape.slice(0, 3), 2, shape[3]! / 2]);
  return halves.ref.mul(rotary.cos).add(np.flip(halves, 3).mul(rotary.sin)).reshape(shape);
}

function queriesKeysValues(config: PolicyConfig, x: np.Array, layer: Layer, rotary: Rotary): np.Array[] {
  const [rows, tokens] = x.shape as [number, number, number];
  const project = (from: np.Array, weight: np.Array, bias: np.Array): np.Array =>
    np.matmul(from, weight).add(bias).reshape([rows, tokens, config.heads, config.headWidth]);
  return [
    rotate(project(x.ref, layer.wq, layer.bq), tree.ref(rotary)),
    rotate(project(x.ref, layer.wk, layer.bk), rotary),
    project(x, layer.wv, layer.bv),
  ];
}

/** A transformer block; `attend` gets queries, keys and values [rows, tokens, heads, headWidth]. */
function block(
  config: PolicyConfig,
  x: np.Array,
  layer: Layer,
  rotary: Rotary,
  attend: (q: np.Array, k: np.Array, v: np.Array) => np.Array,
): np.Array {
  const [q, k, v] = queriesKeysValues(config, rmsNorm(x.ref, layer.inputNorm, config.rmsEpsilon), layer, rotary);
  const mixed = attend(q!, k!, v!).reshape([...x.shape.slice(0, 2), config.heads * config.headWidth]);
  const attended = x.add(np.matmul(mixed, layer.wo));
  const normed = rmsNorm(attended.ref, layer.mlpNorm, config.rmsEpsilon);
  const hidden = nn.silu(np.matmul(normed.ref, layer.gate)).mul(np.matmul(normed, layer.up));
  return attended.add(np.matmul(hidden, layer.down));
}

/** Mean cross-entropy of ids[row, 1..]; ids: [rows, tokens]. */
function crossEntropy(config: PolicyConfig, parameters: Parameters, ids: np.Array, rotary: Rotary): np.Array {
  const [rows, tokens] = ids.shape as [number, number];
  let x = np.take(parameters.embedding.ref, ids.ref, 0);
  for (const layer of parameters.layers)
    x = block(config, x, layer, tree.ref(rotary), (q, k, v) => nn.dotProductAttention(q, k, v, { isCausal: true }));
  tree.dispose(rotary);
  const final = rmsNorm(x, parameters.finalNorm, config.rmsEpsilon);
  const logits = np.matmul(final, parameters.embedding.transpose());
  const logp = nn.logSoftmax(logits).slice([], [0, tokens - 1]);
  const targets = nn.oneHot(ids.slice([], [1, tokens]), config.vocabulary);
  return logp
    .mul(targets)
    .sum()
    .mul(-1 / (rows * (tokens - 1)));
}

type Moments = { first: Parameters; second: Parameters };

/** AdamW on every leaf; `step` counts from 1. */
function adamw(parameters: Parameters, gradient: Parameters, moments: Moments, step: np.Array): [Parameters, Moments] {
  const { beta1, beta2, epsilon, learningRate, weightDecay } = ADAMW;
  const first = tree.map(
    (m: np.Array, g: np.Array) => m.mul(beta1).add(g.mul(1 - beta1)),
    moments.first,
    tree.ref(gradient),
  ) as Parameters;
  const second = tree.map(
    (v: np.Array, g: np.Array) => v.mul(beta2).add(np.square(g).mul(1 - beta2)),
    moments.second,
    gradient,
  ) as Parameters;
  const correction = (beta: number): np.Array =>
    np
      .exp(step.ref.mul(Math.log(beta)))
      .mul(-1)
      .add(1);
  const correction1 = correction(beta1);
  const correction2 = correction(beta2);
  step.dispose();
  const updated = tree.map(
    (p: np.Array, m: np.Array, v: np.Array) => {
      const decay = p.ndim > 1 ? 1 - learningRate * weightDecay : 1;
      const direction = m.div(correction1.ref).div(np.sqrt(v.div(correction2.ref)).add(epsilon));
      return p.mul(decay).sub(direction.mul(learningRate));
    },
    parameters,
    tree.ref(first),
    tree.ref(second),
  ) as Parameters;
  correction1.dispose();
  correction2.dispose();
  return [updated, { first, second }];
}

/**
 * One token a row from softmax(logits), [rows, vocabulary], by Gumbel noise. The same draw as random.categorical, whose
 * argmax over a vocabulary of 32 becomes one expression nested 32 deep that SwiftShader never finishes compiling.
 */
function drawByRace(logits: np.Array, key: np.Array): np.Array {
  const vocabulary = logits.shape[1]!;
  const noisy = logits.ref.add(random.gumbel(key, logits.shape));
  logits.dispose();
  const isWinner = noisy.ref.greaterEqual(noisy.max(-1, { keepdims: true }));
  return np.where(isWinner, np.arange(vocabulary), 0).sum(-1);
}

/** jax-js on one of its devices. */
export function jaxContender(device: 'webgpu' | 'wasm'): Contender {
  const start = async (): Promise<void> => {
    const devices = await init(device);
    if (!devices.includes(device)) throw new Error(`jax-js cannot use ${device} here.`);
    defaultDevice(device);
  };

  return {
    name: device === 'webgpu' ? 'jaxjs' : 'jaxjsWasm',

    async openTraining({ config, parameters: tensors, rows, length }) {
      await start();
      const rotary = rotaryTable(config, length);
      let parameters = toParameters(config, tensors);
      const zeros = (): Parameters => tree.map((p: np.Array) => np.zeros(p.shape), parameters) as Parameters;
      let moments: Moments = { first: zeros(), second: zeros() };
      let stepsDone = 0;
      const trainStep = jit((p: Parameters, m: Moments, step: np.Array, ids: np.Array, table: Rotary) => {
        const lossOf = (q: Parameters, i: np.Array, t: Rotary): np.Array => crossEntropy(config, q, i, t);
        const [loss, gradient] = valueAndGrad(lossOf)(tree.ref(p), ids, table);
        const [updated, next] = adamw(p, gradient as Parameters, m, step);
        return [loss, updated, next] as [np.Array, Parameters, Moments];
      });
      return {
        async step(ids) {
          stepsDone++;
          const batch = np.array(ids.slice(), { shape: [rows, length], dtype: np.int32 });
          const step = np.array(Float32Array.of(stepsDone)).reshape([]);
          const [loss, updated, next] = trainStep(parameters, moments, step, batch, tree.ref(rotary));
          parameters = updated as Parameters;
          moments = next as Moments;
          // The loss is known before the update has run: wait for a parameter too.
          const [[value]] = await Promise.all([loss.data(), parameters.finalNorm.blockUntilReady()]);
          return value!;
        },
        close() {
          tree.dispose(parameters);
          tree.dispose(moments);
          tree.dispose(rotary);
          trainStep.dispose();
        },
      };
    },

    async openDecoding({ config, parameters: tensors, prompts, newTokens, tau }) {
      await start();
      const rows = prompts.length;
      const parameters = toParameters(config, tensors);
      const rotary = rotaryTable(config, newTokens);
      const decodeStep = jit(
        (p: Parameters, caches: Cache[], ids: np.Array, position: np.Array, noise: np.Array, table: Rotary) => {
          const key = np.take(noise, position.ref, 0);
          const here: Rotary = {
            cos: np.take(table.cos, position.ref, 0),
            sin: np.take(table.sin, position.ref, 0),
          };
          let x = np.take(p.embedding.ref, ids, 0).reshape([rows, 1, config.width]);
          const slots = np.arange(newTokens);
          const isHere = slots.ref.equal(position.ref).reshape([1, newTokens, 1, 1]);
          const isSeen = slots.lessEqual(position).reshape([1, 1, 1, newTokens]);
          const written: Cache[] = [];
          p.layers.forEach((layer, l) => {
            x = block(config, x, layer, tree.ref(here), (q, k, v) => {
              const keys = np.where(isHere.ref, k, caches[l]!.keys);
              const values = np.where(isHere.ref, v, caches[l]!.values);
              written.push({ keys: keys.ref, values: values.ref });
              return nn.dotProductAttention(q, keys, values, { mask: isSeen.ref });
            });
          });
          tree.dispose(here);
          isHere.dispose();
          isSeen.dispose();
          const final = rmsNorm(x.reshape([rows, config.width]), p.finalNorm, config.rmsEpsilon);
          const logits = np.matmul(final, p.embedding.transpose());
          const next = drawByRace(logits.mul(1 / tau), key);
          return [next, written] as [np.Array, Cache[]];
        },
      );
      return {
        async run(seed) {
          const noise = random.split(random.key(np.array(seed, { dtype: np.uint32 })), newTokens);
          const shape = [rows, newTokens, config.heads, config.headWidth];
          let caches: Cache[] = parameters.layers.map(() => ({ keys: np.zeros(shape), values: np.zeros(shape) }));
          let ids = np.array(prompts.slice(), { dtype: np.int32 });
          const drawn: np.Array[] = [];
          for (let t = 0; t < newTokens; t++) {
            const position = np.array(Int32Array.of(t), { dtype: np.int32 }).reshape([]);
            const [next, written] = decodeStep(
              tree.ref(parameters),
              caches,
              ids,
              position,
              noise.ref,
              tree.ref(rotary),
            );
            drawn.push((next as np.Array).ref);
            ids = next as np.Array;
            caches = written as Cache[];
          }
          tree.dispose([ids, noise]);
          tree.dispose(caches);
          return (await np.stack(drawn, 1).data()) as Int32Array;
        },
        close() {
          tree.dispose(parameters);
          tree.dispose(rotary);
          decodeStep.dispose();
        },
      };
    },

    async openSampling({ logits, rows, vocabulary, times }) {
      await start();
      const onDevice = np.array(logits.slice(), { shape: [rows, vocabulary], dtype: np.float32 });
      const sample = jit((z: np.Array, key: np.Array) => {
        const logp = nn.logSoftmax(z.ref);
        const entropy = np.exp(logp.ref).mul(logp).sum(-1).mul(-1);
        return [random.categorical(key, z), entropy] as [np.Array, np.Array];
      });
      return {
        async draw(seed) {
          const keys = [...random.split(random.key(np.array(seed, { dtype: np.uint32 })), times)];
          let last: [np.Array, np.Array] | null = null;
          for (const key of keys) {
            if (last !== null) tree.dispose(last);
            last = sample(onDevice.ref, key) as [np.Array, np.Array];
            // jax-js is lazy: what nobody asks for is never computed.
            await (device === 'webgpu' ? last[0].ref.gpuBuffer() : last[0].blockUntilReady());
          }
          const [tokens, entropy] = last!;
          return {
            tokens: (await tokens.data()) as Int32Array,
            entropyNats: (await entropy.data()) as Float32Array,
          };
        },
        close() {
          onDevice.dispose();
          sample.dispose();
        },
      };
    },
  };
}

export const contender = jaxContender('webgpu');
