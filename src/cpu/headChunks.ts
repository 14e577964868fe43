// The head, a chunk of tokens at a time, so that the logits of a large vocabulary never exist all at once.

import { numpy as np } from '@jax-js/jax';
import type { Graph, Predictions } from './graph.ts';
import { addInto, read, readSums, type SumValues } from './hostArrays.ts';

export interface HeadBatch {
  /** [n, width] */
  readonly hidden: Float32Array;
  /** n values each; as Predictions. */
  readonly target: Int32Array;
  readonly tau: Float32Array;
  /** Tokens of a chunk; divides n. */
  readonly chunk: number;
}

/** Tokens of a chunk whose logits take at most `mostValues`: `tokens` halved until they do, or cannot be. */
export function headChunk(tokens: number, vocabulary: number, mostValues: number): number {
  let chunk = tokens;
  while (chunk * vocabulary > mostValues && chunk % 2 === 0) chunk /= 2;
  return chunk;
}

/** Gives up `head`, [V, width]. */
export async function sumsInChunks(graph: Graph, head: np.Array, batch: HeadBatch): Promise<SumValues> {
  const all = emptySums(batch.target.length);
  for (let from = 0; from < batch.target.length; from += batch.chunk) {
    const { hidden, predictions } = chunkAt(batch, from);
    place(all, await readSums(graph.sums(hidden, head.ref, predictions)), from);
  }
  head.dispose();
  return all;
}

/** Adds d sum coef * logpTau / d head to `headGradient` and returns that with respect to hidden. Gives up `head`. */
export async function headGradientInChunks(
  graph: Graph,
  head: np.Array,
  batch: HeadBatch,
  coef: Float32Array,
  headGradient: Float32Array,
): Promise<{ sums: SumValues; dHidden: Float32Array }> {
  const all = emptySums(batch.target.length);
  const dHidden = new Float32Array(batch.hidden.length);
  const width = batch.hidden.length / batch.target.length;
  for (let from = 0; from < batch.target.length; from += batch.chunk) {
    const { hidden, predictions } = chunkAt(batch, from);
    const some = np.array(coef.slice(from, from + batch.chunk));
    const result = graph.headGradient(hidden, head.ref, predictions, some);
    place(all, await readSums(result.sums), from);
    dHidden.set(await read(result.hidden), from * width);
    addInto(headGradient, await read(result.head));
  }
  head.dispose();
  return { sums: all, dHidden };
}

function chunkAt(batch: HeadBatch, from: number): { hidden: np.Array; predictions: Predictions } {
  const width = batch.hidden.length / batch.target.length;
  const to = from + batch.chunk;
  return {
    hidden: np.array(batch.hidden.slice(from * width, to * width)).reshape([batch.chunk, width]),
    predictions: { target: np.array(batch.target.slice(from, to)), tau: np.array(batch.tau.slice(from, to)) },
  };
}

function emptySums(tokens: number): SumValues {
  const values = () => new Float32Array(tokens);
  return { chosen: values(), total: values(), totalTau: values(), weighted: values() };
}

function place(all: SumValues, part: SumValues, from: number): void {
  all.chosen.set(part.chosen, from);
  all.total.set(part.total, from);
  all.totalTau.set(part.totalTau, from);
  all.weighted.set(part.weighted, from);
}
