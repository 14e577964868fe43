// The parameters of a policy: their Hugging Face names, shapes and order.
//
// Tensors that one product reads together stand next to each other (q, k, v; gate, up), so that the flat arena
// holds them as one matrix and one dispatch multiplies by all of them.

import type { PolicyConfig } from './config.ts';

/** A dense tensor in row-major order. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by Hugging Face name. */
export type NamedTensors = ReadonlyMap<string, Tensor>;

export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
}

export const EMBEDDING = 'model.embed_tokens.weight';
export const FINAL_NORM = 'model.norm.weight';
export const HEAD = 'lm_head.weight';

/** Every parameter of the policy in arena order. Linear weights are [out, in], as Hugging Face stores them. */
export function parameterShapes(c: PolicyConfig): ParameterShape[] {
  const q = c.heads * c.headWidth;
  const kv = c.kvHeads * c.headWidth;
  const list: ParameterShape[] = [{ name: EMBEDDING, shape: [c.vocabulary, c.width] }];
  for (let l = 0; l < c.layers; l++) {
    const p = `model.layers.${l}.`;
    list.push(
      { name: `${p}input_layernorm.weight`, shape: [c.width] },
      { name: `${p}self_attn.q_proj.weight`, shape: [q, c.width] },
      { name: `${p}self_attn.k_proj.weight`, shape: [kv, c.width] },
      { name: `${p}self_attn.v_proj.weight`, shape: [kv, c.width] },
      { name: `${p}self_attn.q_proj.bias`, shape: [q] },
      { name: `${p}self_attn.k_proj.bias`, shape: [kv] },
      { name: `${p}self_attn.v_proj.bias`, shape: [kv] },
      { name: `${p}self_attn.o_proj.weight`, shape: [c.width, q] },
      { name: `${p}post_attention_layernorm.weight`, shape: [c.width] },
      { name: `${p}mlp.gate_proj.weight`, shape: [c.mlpWidth, c.width] },
      { name: `${p}mlp.up_proj.weight`, shape: [c.mlpWidth, c.width] },
      { name: `${p}mlp.down_proj.weight`, shape: [c.width, c.mlpWidth] },
    );
  }
  list.push({ name: FINAL_NORM, shape: [c.width] });
  if (!c.tied) list.push({ name: HEAD, shape: [c.vocabulary, c.width] });
  return list;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** Number of trainable values. */
export function parameterCount(c: PolicyConfig): number {
  return parameterShapes(c).reduce((n, p) => n + elementCount(p.shape), 0);
}

/** Decoupled weight decay touches matrices only: gains and biases (one axis) are exempt, as is the custom. */
export function isDecayed(shape: readonly number[]): boolean {
  return shape.length > 1;
}

/** Thrown when tensors do not fit the policy; the message names the tensor. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

/** Checks that `tensors` holds exactly the policy's parameters in their shapes. @throws ParameterError */
export function checkParameters(c: PolicyConfig, tensors: NamedTensors): void {
  const shapes = parameterShapes(c);
  for (const { name, shape } of shapes) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new ParameterError(`The tensor ${name} is missing.`);
    if (tensor.shape.length !== shape.length || tensor.shape.some((d, i) => d !== shape[i]))
      throw new ParameterError(`The tensor ${name} has shape [${tensor.shape}], but the config asks for [${shape}].`);
    if (tensor.data.length !== elementCount(shape))
      throw new ParameterError(
        `The tensor ${name} holds ${tensor.data.length} values, but its shape [${shape}] asks for ${elementCount(shape)}.`,
      );
  }
  if (tensors.size !== shapes.length) {
    const known = new Set(shapes.map((p) => p.name));
    const extra = [...tensors.keys()].find((name) => !known.has(name));
    throw new ParameterError(`The tensor ${extra} does not belong to this policy.`);
  }
}
