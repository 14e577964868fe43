// The flat arenas of a policy on the GPU: parameters, gradient and both AdamW moments share one layout.
// Matrices come first, so that weight decay is a single boundary; tensors that one product reads stand end to end.

import { Arena, ArenaLayout } from '../gpu/arena.ts';
import type { Gpu } from '../gpu/device.ts';
import { part, type Slice } from '../gpu/slice.ts';
import type { PolicyConfig } from './config.ts';
import {
  EMBEDDING,
  elementCount,
  FINAL_NORM,
  HEAD,
  isDecayed,
  type NamedTensors,
  parameterShapes,
  type Tensor,
} from './parameters.ts';

/** The slices one layer's kernels bind; `qkv` and `gateUp` span the tensors that stand together. */
export interface LayerSlices {
  readonly inputNorm: Slice;
  readonly qkv: Slice;
  readonly qkvBias: Slice;
  readonly output: Slice;
  readonly mlpNorm: Slice;
  readonly gateUp: Slice;
  readonly down: Slice;
}

export interface PolicySlices {
  readonly embedding: Slice;
  readonly layers: readonly LayerSlices[];
  readonly finalNorm: Slice;
  /** The embedding itself when tied. */
  readonly head: Slice;
}

/** Names that must stand end to end, in this order, within layer `l`. */
function adjacent(l: number): string[][] {
  const p = `model.layers.${l}.`;
  const attention = ['q', 'k', 'v'].map((x) => `${p}self_attn.${x}_proj`);
  return [
    attention.map((name) => `${name}.weight`),
    attention.map((name) => `${name}.bias`),
    [`${p}mlp.gate_proj.weight`, `${p}mlp.up_proj.weight`],
  ];
}

export class ParameterLayout {
  readonly config: PolicyConfig;
  readonly arena: ArenaLayout;
  /** Floats at the front of the arena that decay (matrices and the padding between them). */
  readonly decayed: number;

  constructor(config: PolicyConfig) {
    this.config = config;
    const groups: { name: string; count: number; decays: boolean }[][] = [];
    const groupOf = new Map<string, { name: string; count: number; decays: boolean }[]>();
    for (let l = 0; l < config.layers; l++) {
      for (const names of adjacent(l)) {
        const group: { name: string; count: number; decays: boolean }[] = [];
        for (const name of names) groupOf.set(name, group);
      }
    }
    for (const { name, shape } of parameterShapes(config)) {
      const group = groupOf.get(name) ?? [];
      if (group.length === 0) groups.push(group);
      group.push({ name, count: elementCount(shape), decays: isDecayed(shape) });
    }
    const matrices = groups.filter((g) => g[0]!.decays);
    const vectors = groups.filter((g) => !g[0]!.decays);
    this.arena = new ArenaLayout([...matrices, ...vectors]);
    this.decayed = new ArenaLayout(matrices).length;
  }

  /** Flat arena contents for `tensors`; padding is 0. */
  pack(tensors: NamedTensors): Float32Array {
    const flat = new Float32Array(this.arena.length);
    for (const [name, tensor] of tensors) flat.set(tensor.data, this.arena.at(name).first);
    return flat;
  }

  unpack(flat: Float32Array): NamedTensors {
    const tensors = new Map<string, Tensor>();
    for (const { name, shape } of parameterShapes(this.config)) {
      const { first, count } = this.arena.at(name);
      tensors.set(name, { shape, data: flat.slice(first, first + count) });
    }
    return tensors;
  }

  /** One arena of this layout on the GPU, zeroed. */
  allocate(gpu: Gpu, label: string): Arena {
    return new Arena(gpu, label, this.arena);
  }

  slices(arena: Arena): PolicySlices {
    const { config } = this;
    const whole = (names: readonly string[]) => {
      const first = this.arena.at(names[0]!).first;
      const last = this.arena.at(names.at(-1)!);
      return part(arena.all, first, last.first + last.count - first);
    };
    return {
      embedding: arena.slice(EMBEDDING),
      layers: Array.from({ length: config.layers }, (_, l) => {
        const [weights, biases, gateUp] = adjacent(l) as [string[], string[], string[]];
        const p = `model.layers.${l}.`;
        return {
          inputNorm: arena.slice(`${p}input_layernorm.weight`),
          qkv: whole(weights),
          qkvBias: whole(biases),
          output: arena.slice(`${p}self_attn.o_proj.weight`),
          mlpNorm: arena.slice(`${p}post_attention_layernorm.weight`),
          gateUp: whole(gateUp),
          down: arena.slice(`${p}mlp.down_proj.weight`),
        };
      }),
      finalNorm: arena.slice(FINAL_NORM),
      head: arena.slice(config.tied ? EMBEDDING : HEAD),
    };
  }
}
