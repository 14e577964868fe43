// The policy as an ONNX graph, for programs that run ONNX: transformers.js, ONNX Runtime.
//
//   x = E[input_ids]
//   each layer:  x = x + Wo attention(Wq n + bq, Wk n + bk, Wv n + bv),  n = rmsNorm(x)
//                x = x + Wdown(silu(Wgate m) * Wup m),                   m = rmsNorm(x)
//   logits = H rmsNorm(x),  H = E when tied                              (src/reference/decoder.ts says the same)
//
//   in   input_ids [B, S], attention_mask [B, T] (all ones), past_key_values.L.key and .value [B, kvHeads, T - S, D]
//   out  logits [B, S, V], present.L.key and .value [B, kvHeads, T, D]
//
// The weights stand in the file under their Hugging Face names, shapes and order. They could stay outside in
// model.safetensors, which ONNX allows; but transformers.js loads data only from files named onnx/model.onnx_data, and
// needs no second file for a policy of this size.

import type { PolicyConfig } from '../../policy/config.ts';
import { checkParameters, EMBEDDING, FINAL_NORM, HEAD, type NamedTensors } from '../../policy/parameters.ts';
import { attentionNodes, cacheNames } from './attentionNodes.ts';
import { OnnxGraph } from './onnxWriter.ts';

const PRODUCER = 'multi-temperature-lab';

/**
 * The bytes of model.onnx.
 * @throws ParameterError when the tensors do not fit, OnnxError when the file would be too large
 */
export function policyToOnnx(config: PolicyConfig, parameters: NamedTensors): Uint8Array<ArrayBuffer> {
  checkParameters(config, parameters);
  const graph = new OnnxGraph();
  const { layers, kvHeads, headWidth } = config;
  const ids = graph.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  const mask = graph.input('attention_mask', 'int64', ['batch_size', 'total_sequence_length']);
  graph.output('logits', 'float32', ['batch_size', 'sequence_length', config.vocabulary]);
  for (let l = 0; l < layers; l++) {
    const { pastKey, pastValue, key, value } = cacheNames(l);
    for (const past of [pastKey, pastValue])
      graph.input(past, 'float32', ['batch_size', kvHeads, 'past_sequence_length', headWidth]);
    for (const present of [key, value])
      graph.output(present, 'float32', ['batch_size', kvHeads, 'total_sequence_length', headWidth]);
  }

  const weight = (name: string) => {
    const { shape, data } = parameters.get(name)!;
    return graph.tensor(name, shape, data);
  };
  /** y = x W^T; ONNX Runtime turns the constant once, while it loads. */
  const times = (x: string, matrix: string) => [x, graph.op('Transpose', [matrix], { perm: { ints: [1, 0] } })];
  const linear = (x: string, name: string) => graph.op('MatMul', times(x, weight(`${name}.weight`)));
  const biased = (x: string, name: string) => graph.op('Add', [linear(x, name), weight(`${name}.bias`)]);
  const sum = (a: string, b: string) => graph.op('Add', [a, b]);
  const rmsNorm = (x: string, name: string) =>
    graph.op('SimplifiedLayerNormalization', [x, weight(name)], {
      axis: { int: -1 },
      epsilon: { float: config.rmsEpsilon },
    });

  const embedding = weight(EMBEDDING);
  const attention = attentionNodes(graph, config, mask);
  let x = graph.op('Gather', [embedding, ids], { axis: { int: 0 } });
  for (let l = 0; l < layers; l++) {
    const p = `model.layers.${l}`;
    const n = rmsNorm(x, `${p}.input_layernorm.weight`);
    const [q, k, v] = ['q', 'k', 'v'].map((name) => biased(n, `${p}.self_attn.${name}_proj`));
    x = sum(x, linear(attention(l, q!, k!, v!), `${p}.self_attn.o_proj`));
    const m = rmsNorm(x, `${p}.post_attention_layernorm.weight`);
    const gate = linear(m, `${p}.mlp.gate_proj`);
    const silu = graph.op('Mul', [gate, graph.op('Sigmoid', [gate])]);
    x = sum(x, linear(graph.op('Mul', [silu, linear(m, `${p}.mlp.up_proj`)]), `${p}.mlp.down_proj`));
  }
  graph.node('MatMul', times(rmsNorm(x, FINAL_NORM), config.tied ? embedding : weight(HEAD)), { outputs: ['logits'] });
  return graph.finish('policy', PRODUCER);
}
