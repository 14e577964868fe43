// AdamW with decoupled decay (Loshchilov & Hutter 2017, 1711.05101), the update of torch.optim.AdamW:
//   g' = scale g;  m = b1 m + (1 - b1) g';  v = b2 v + (1 - b2) g'^2
//   w = w (1 - lr decay) - lr (m / c1) / (sqrt(v / c2) + eps),   c = 1 - b^t
// Weights, gradient and moments are flat arenas of n values; the first 4 DECAYED of them (the matrices) decay.
// One thread four values; the gradient is zeroed on the way.
#include "element.wgsl"
#include "update.wgsl"
@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> progress: Progress;
@group(0) @binding(2) var<storage, read_write> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> weight: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> firstMoment: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> secondMoment: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = element(id, groups);
  if (i >= COUNT) { return; }
  let g = gradient[i] * progress.scale;
  gradient[i] = vec4f();
  if (progress.applied == 0u) { return; }
  let m = firstMoment[i] + (1.0 - settings.beta1) * (g - firstMoment[i]);
  let v = settings.beta2 * secondMoment[i] + (1.0 - settings.beta2) * g * g;
  firstMoment[i] = m;
  secondMoment[i] = v;
  let decay = select(0.0, settings.weightDecay, i < DECAYED);
  let direction = (m / progress.correction1) / (sqrt(v / progress.correction2) + settings.epsilon);
  weight[i] = weight[i] * (1.0 - settings.learningRate * decay) - settings.learningRate * direction;
}
