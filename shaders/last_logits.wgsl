// What a language model's runtime leaves, as the sampler reads it: the logits of the last position of each row, in f32.
//   out[row, v] = logits[row, positions - 1, v]
// logits: [rows, positions, vocabulary], f32, or f16 packed in pairs (unpacked here, so that no device feature is
// needed); out: [rows, vocabulary].

struct Sizes {
  vocabulary: u32,
  positions: u32,
  /// rows x vocabulary
  elements: u32,
  unused: u32,
}

#include "element.wgsl"

@group(0) @binding(0) var<uniform> sizes: Sizes;
#if HALF
@group(0) @binding(1) var<storage, read> logits: array<u32>;
#else
@group(0) @binding(1) var<storage, read> logits: array<f32>;
#endif
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

fn logit(i: u32) -> f32 {
#if HALF
  return unpack2x16float(logits[i / 2u])[i % 2u];
#else
  return logits[i];
#endif
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = element(id, groups);
  if (i >= sizes.elements) {
    return;
  }
  let row = i / sizes.vocabulary;
  let token = i % sizes.vocabulary;
  out[i] = logit((row * sizes.positions + sizes.positions - 1u) * sizes.vocabulary + token);
}
