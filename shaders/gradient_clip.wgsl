// Second of two stages: norm = sqrt(sum), scale = min(1, clipNorm / (norm + 1e-6)), and the bias corrections of this step:
//   1 - beta^t = -expm1(t ln beta), by its series where 1 - e^x would lose digits.
// A gradient that is not finite (or whose norm overflows) is not applied: the step count stays.
#include "update.wgsl"
@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<storage, read> partial: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> progress: Progress;
const EXPONENT = 0x7f800000u;

fn oneMinusExp(x: f32) -> f32 {   // 1 - e^x for x <= 0
  if (x < -0.5) { return 1.0 - exp(x); }
  return -x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * (1.0 + x / 6.0 * (1.0 + x / 7.0 * (1.0 + x / 8.0)))))));
}

@compute @workgroup_size(1)
fn main() {
  var total = vec2f();
  for (var i = 0u; i < GROUPS; i++) { total += partial[i]; }
  let finite = total.y == 0.0 && (bitcast<u32>(total.x) & EXPONENT) != EXPONENT;
  let norm = sqrt(total.x);
  progress.norm = norm;
  progress.applied = select(0u, 1u, finite);
  progress.scale = 1.0;
  if (settings.clipNorm > 0.0) { progress.scale = min(1.0, settings.clipNorm / (norm + 1e-6)); }
  if (finite) {
    progress.step += 1u;
    let t = f32(progress.step);
    progress.correction1 = oneMinusExp(t * settings.logBeta1);
    progress.correction2 = oneMinusExp(t * settings.logBeta2);
  }
}
