// Test code: exported graphs that load, and run out of memory when they run.

import { OnnxGraph } from './onnxWriter.ts';

/**
 * The graph with something between its last node and its logits. Files of protobuf, one behind the other, are one file.
 * @param between adds nodes; gives the name of a number, which is added to the logits
 */
function withMore(graph: Uint8Array, between: (more: OnnxGraph, logits: string) => string): Uint8Array<ArrayBuffer> {
  const changed = graph.slice();
  // The node that gives the logits comes first: what it gives gets another name of the same length.
  const at = new TextDecoder('latin1').decode(changed).indexOf('logits');
  changed.set(new TextEncoder().encode('logit0'), at);
  const more = new OnnxGraph();
  more.node('Add', ['logit0', between(more, 'logit0')], { outputs: ['logits'] });
  const added = more.finish('policy', 'a test');
  const whole = new Uint8Array(changed.length + added.length);
  whole.set(changed);
  whole.set(added, changed.length);
  return whole;
}

const largest = (graph: OnnxGraph, all: string) =>
  graph.node('ReduceMax', [all], { attributes: { keepdims: { int: 0 } }, outputs: ['most'] })[0]!;

/** Three tensors of 2.4 GB: more than WebAssembly has addresses for. */
export const hungryOnCpu = (graph: Uint8Array) =>
  withMore(graph, (more) => {
    const shape = more.tensor('spare_shape', [1], BigInt64Array.of(600_000_000n));
    const spares = ['spare1', 'spare2'].map((name) => more.node('ConstantOfShape', [shape], { outputs: [name] })[0]!);
    return largest(more, more.node('Add', spares, { outputs: ['both'] })[0]!);
  });

/** 480 MB for each token of the prompt, of 20 tokens: with eight of them more than most buffers of WebGPU hold. */
export const hungryOnGpu = (graph: Uint8Array) =>
  withMore(graph, (more, logits) => {
    const shape = more.tensor('spare_shape', [3], BigInt64Array.of(6_000_000n, 1n, 1n));
    return largest(more, more.node('Expand', [logits, shape], { outputs: ['spare'] })[0]!);
  });
