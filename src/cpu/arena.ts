// All parameters of a policy (or their gradients, or a moment) in one flat Float32Array, with a view for each.

import type { PolicyConfig } from '../policy/config.ts';
import {
  checkParameters,
  elementCount,
  type NamedTensors,
  type ParameterShape,
  parameterCount,
  parameterShapes,
} from '../policy/parameters.ts';

/** One parameter's place in an arena. */
export interface ArenaEntry extends ParameterShape {
  /** A view of the arena. */
  readonly data: Float32Array;
}

export interface Arena {
  readonly data: Float32Array;
  /** In parameterShapes' order, by Hugging Face name. */
  readonly entries: ReadonlyMap<string, ArenaEntry>;
}

/** An arena of zeros. */
export function createArena(config: PolicyConfig): Arena {
  const data = new Float32Array(parameterCount(config));
  const entries = new Map<string, ArenaEntry>();
  let start = 0;
  for (const { name, shape } of parameterShapes(config)) {
    const end = start + elementCount(shape);
    entries.set(name, { name, shape, data: data.subarray(start, end) });
    start = end;
  }
  return { data, entries };
}

/** Copies tensors into an arena. @throws ParameterError when they are not this policy's, and then nothing is copied. */
export function fillArena(config: PolicyConfig, arena: Arena, tensors: NamedTensors): void {
  checkParameters(config, tensors);
  for (const { name, data } of arena.entries.values()) data.set(tensors.get(name)!.data);
}

/** A copy of an arena as tensors. */
export function arenaTensors(arena: Arena): NamedTensors {
  return new Map([...arena.entries.values()].map(({ name, shape, data }) => [name, { shape, data: data.slice() }]));
}
