// Test code: a decoder that is none of ours, as graphs of the hub are: Llama by name, its inputs position_ids and
// num_logits_to_keep, its cache and logits in 16-bit floats where these are asked for. It is small enough to be computed
// by hand, and exact: all its numbers are small multiples of a power of two, which 16 bits hold.
//
//   x_s = E[id_s] + s P        k_s = x_s, v_s = Q x_s        z = W (x_S + sum_s k_s + sum_s v_s)

import { drawnPolicy } from './export/export.testing.ts';
import { exportForTransformers, ONNX_FILE } from './export/exportPolicy.ts';
import { type DataType, OnnxGraph } from './export/onnxWriter.ts';
import type { ModelFile } from './session.ts';

export const VOCABULARY = 23;
const WIDTH = 4;

const embedding = Float32Array.from({ length: VOCABULARY * WIDTH }, (_, i) => ((i * 7) % 5) / 4 - 0.5);
const head = Float32Array.from({ length: WIDTH * VOCABULARY }, (_, i) => ((i * 11 + (i % 3)) % 3) / 4 - 0.25);
const place = Float32Array.of(0.125, 0, -0.125, 0);
const value = Float32Array.of(0.5, -0.5, 0.5, -0.5);

/** Logits of the token after `ids`, in float64. */
export function handLogits(ids: readonly number[]): Float64Array {
  const x = ids.map((id, s) => Array.from(place, (p, d) => embedding[id * WIDTH + d]! + s * p));
  const h = Array.from(value, (q, d) => x.at(-1)![d]! + x.reduce((sum, each) => sum + each[d]! * (1 + q), 0));
  return Float64Array.from({ length: VOCABULARY }, (_, v) =>
    h.reduce((sum, each, d) => sum + each * head[d * VOCABULARY + v]!, 0),
  );
}

function graphOf(isHalf: boolean): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph();
  const type: DataType = isHalf ? 'float16' : 'float32';
  const float = (x: string) => graph.op('Cast', [x], { to: { int: 1 } });
  const stored = (x: string, name?: string) =>
    graph.node('Cast', [x], { attributes: { to: { int: isHalf ? 10 : 1 } }, ...(name && { outputs: [name] }) })[0]!;
  const ids = graph.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  const positions = graph.input('position_ids', 'int64', ['batch_size', 'sequence_length']);
  const keep = graph.input('num_logits_to_keep', 'int64', []);
  graph.output('logits', type, ['batch_size', 'kept_length', VOCABULARY]);

  const constant = (name: string, shape: number[], data: Float32Array) => graph.tensor(name, shape, data);
  const at = graph.op('Unsqueeze', [float(positions), graph.int64([2])]);
  const x = graph.op('Add', [
    graph.op('Gather', [constant('E', [VOCABULARY, WIDTH], embedding), ids], { axis: { int: 0 } }),
    graph.op('Mul', [at, constant('P', [WIDTH], place)]),
  ]);
  /** [B, 1, D]: the sum over all positions of what is cached. */
  const cached = (what: string, now: string) => {
    const shape = ['batch_size', 1, 'past_sequence_length', WIDTH];
    const past = graph.input(`past_key_values.0.${what}`, type, shape);
    const present = `present.0.${what}`;
    graph.output(present, type, ['batch_size', 1, 'total_sequence_length', WIDTH]);
    const fresh = stored(graph.op('Unsqueeze', [now, graph.int64([1])]));
    graph.node('Concat', [past, fresh], { attributes: { axis: { int: 2 } }, outputs: [present] });
    const sum = graph.op('ReduceSum', [float(present), graph.int64([2])], { keepdims: { int: 0 } });
    return sum;
  };
  const keys = cached('key', x);
  const values = cached('value', graph.op('Mul', [x, constant('Q', [WIDTH], value)]));
  const h = graph.op('Add', [x, graph.op('Add', [keys, values])]);
  const first = graph.op('Neg', [graph.op('Unsqueeze', [keep, graph.int64([0])])]);
  const last = graph.op('Slice', [h, first, graph.int64([Number.MAX_SAFE_INTEGER]), graph.int64([1])]);
  stored(graph.op('MatMul', [last, constant('W', [WIDTH, VOCABULARY], head)]), 'logits');
  return graph.finish('decoder', 'a test');
}

/** The files of its folder. */
export function otherModel(dtype: 'fp32' | 'fp16'): ModelFile[] {
  const files = exportForTransformers(drawnPolicy({ vocabulary: VOCABULARY }));
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json')!)) as object;
  const facts = {
    model_type: 'llama',
    num_hidden_layers: 1,
    num_attention_heads: 1,
    num_key_value_heads: 1,
    hidden_size: WIDTH,
    head_dim: WIDTH,
  };
  files.set('config.json', new TextEncoder().encode(JSON.stringify({ ...config, ...facts })));
  files.delete(ONNX_FILE);
  files.set(`onnx/model${dtype === 'fp16' ? '_fp16' : ''}.onnx`, graphOf(dtype === 'fp16'));
  return [...files].map(([path, bytes]) => ({ path, content: bytes as Uint8Array<ArrayBuffer> }));
}
