// Causal attention with rotary positions and a cache of keys and values, as ONNX nodes; two ways that give the same.
//
//   fused   one GroupQueryAttention node of ONNX Runtime a layer: fast, on WebGPU too; heads of 16, 32, 48 ... only
//   plain   some twenty standard nodes a layer: any even width of a head
//
// Both take the tokens of a row to stand at places 0, 1, 2 ... : rows of one batch must be equally long, because padding
// on the left would move them.
// GroupQueryAttention: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md

import type { PolicyConfig } from '../../policy/config.ts';
import { ropeTable } from '../../policy/ropeTable.ts';
import { DATA_TYPE, MICROSOFT, type OnnxGraph } from './onnxWriter.ts';

/** ONNX Runtime turns the halves of a head in steps of eight values. */
const FUSED_HEAD_STEP = 16;
/** What a position that may not be seen gets before the softmax: e to it is 0, and no NaN comes of it. */
const HIDDEN = -1e30;

/** Adds one layer's attention: q [B, S, heads * headWidth], k and v [B, S, kvHeads * headWidth] to q's shape. */
export type AttentionNodes = (layer: number, q: string, k: string, v: string) => string;

export const cacheNames = (layer: number) => ({
  pastKey: `past_key_values.${layer}.key`,
  pastValue: `past_key_values.${layer}.value`,
  key: `present.${layer}.key`,
  value: `present.${layer}.value`,
});

/** Whether GroupQueryAttention takes heads of this width. */
export const isFusible = (config: PolicyConfig) => config.headWidth % FUSED_HEAD_STEP === 0;

/** Adds what all layers share, and gives the way to add a layer. @param mask int64 [B, T], all ones */
export function attentionNodes(graph: OnnxGraph, config: PolicyConfig, mask: string): AttentionNodes {
  return isFusible(config) ? fusedAttention(graph, config, mask) : plainAttention(graph, config, mask);
}

/** The angles of all positions: [maxPositions, headWidth / 2] each. */
function rotaryTables(graph: OnnxGraph, { maxPositions, headWidth, ropeTheta }: PolicyConfig) {
  const { cos, sin } = ropeTable(maxPositions, headWidth, ropeTheta);
  const shape = [maxPositions, headWidth / 2];
  return { cos: graph.tensor('rotary.cos', shape, cos), sin: graph.tensor('rotary.sin', shape, sin) };
}

function fusedAttention(graph: OnnxGraph, config: PolicyConfig, mask: string): AttentionNodes {
  const { cos, sin } = rotaryTables(graph, config);
  const toInt32 = { to: { int: DATA_TYPE.int32 } };
  const lengths = graph.op('ReduceSum', [mask, graph.int64([1])], { keepdims: { int: 0 } });
  const lastPlaces = graph.op('Cast', [graph.op('Sub', [lengths, graph.int64([1])])], toInt32);
  const total = graph.op('Gather', [graph.op('Shape', [mask]), graph.int64(1)], { axis: { int: 0 } });
  const longest = graph.op('Cast', [total], toInt32);
  const attributes = {
    num_heads: { int: config.heads },
    kv_num_heads: { int: config.kvHeads },
    scale: { float: 1 / Math.sqrt(config.headWidth) },
    do_rotary: { int: 1 },
    rotary_interleaved: { int: 0 },
  };
  return (layer, q, k, v) => {
    const cache = cacheNames(layer);
    const inputs = [q, k, v, cache.pastKey, cache.pastValue, lastPlaces, longest, cos, sin];
    const outputs = [`attended.${layer}`, cache.key, cache.value];
    return graph.node('GroupQueryAttention', inputs, { attributes, domain: MICROSOFT, outputs })[0]!;
  };
}

// Axes of the plain way: B batch, K key/value heads, R query heads to each, S new tokens, T all tokens, D a head's width.
function plainAttention(graph: OnnxGraph, config: PolicyConfig, mask: string): AttentionNodes {
  const { heads, kvHeads, headWidth } = config;
  const tables = rotaryTables(graph, config);
  const sizeOf = (value: string, axis: number) =>
    graph.op('Gather', [graph.op('Shape', [value]), graph.int64([axis])], { axis: { int: 0 } });
  const all = sizeOf(mask, 1);
  const before = sizeOf(cacheNames(0).pastKey, 2);
  // Rows of the tables at the new tokens: [S, D / 2].
  const cos = graph.op('Slice', [tables.cos, before, all, graph.int64([0])]);
  const sin = graph.op('Slice', [tables.sin, before, all, graph.int64([0])]);
  const asScalar = (value: string) => graph.op('Squeeze', [value]);
  const range = (from: string) => graph.op('Range', [from, asScalar(all), graph.int64(1)]);
  const queryPlaces = graph.op('Unsqueeze', [range(asScalar(before)), graph.int64([1])]);
  const visible = graph.op('LessOrEqual', [range(graph.int64(0)), queryPlaces]);
  // [S, T]
  const bias = graph.op('Where', [visible, graph.float32(0), graph.float32(HIDDEN)]);

  /** x [B, S, count * share * D] to [B, count, share, S, D]. */
  const split = (x: string, count: number, share: number) =>
    graph.op('Transpose', [graph.op('Reshape', [x, graph.int64([0, 0, count, share, headWidth])])], {
      perm: { ints: [0, 2, 3, 1, 4] },
    });
  /** (a, b) to (a cos - b sin, b cos + a sin), a and b the halves of each head. */
  const rotate = (x: string) => {
    const half = headWidth / 2;
    const part = (from: number, to: number) =>
      graph.op('Slice', [x, graph.int64([from]), graph.int64([to]), graph.int64([4])]);
    const a = part(0, half);
    const b = part(half, headWidth);
    const product = (y: string, table: string) => graph.op('Mul', [y, table]);
    const first = graph.op('Sub', [product(a, cos), product(b, sin)]);
    const second = graph.op('Add', [product(b, cos), product(a, sin)]);
    return graph.op('Concat', [first, second], { axis: { int: 4 } });
  };
  /** Appends new rows [B, K, 1, S, D] to a cache [B, K, P, D]. @returns all of them, [B, K, 1, T, D] */
  const append = (past: string, rows: string, present: string) => {
    const flat = graph.op('Squeeze', [rows, graph.int64([2])]);
    graph.node('Concat', [past, flat], { attributes: { axis: { int: 2 } }, outputs: [present] });
    return graph.op('Unsqueeze', [present, graph.int64([2])]);
  };

  return (layer, q, k, v) => {
    const cache = cacheNames(layer);
    const queries = rotate(split(q, kvHeads, heads / kvHeads));
    const keys = append(cache.pastKey, rotate(split(k, kvHeads, 1)), cache.key);
    const values = append(cache.pastValue, split(v, kvHeads, 1), cache.value);
    const turned = graph.op('Transpose', [keys], { perm: { ints: [0, 1, 2, 4, 3] } });
    const scaled = graph.op('Mul', [graph.op('MatMul', [queries, turned]), graph.float32(1 / Math.sqrt(headWidth))]);
    const weights = graph.op('Softmax', [graph.op('Add', [scaled, bias])], { axis: { int: -1 } });
    const mixed = graph.op('MatMul', [weights, values]);
    const together = graph.op('Transpose', [mixed], { perm: { ints: [0, 3, 1, 2, 4] } });
    return graph.op('Reshape', [together, graph.int64([0, 0, heads * headWidth])]);
  };
}
