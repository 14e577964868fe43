// What one read of (part of) a row of logits gives, and how two parts merge. With m = the largest logit:
//   z = sum e^(l - m), u = sum (l - m) e^(l - m), so H = log z - u / z;
//   for each raced temperature z_k = sum e^((l - m) / tau_k), and the winner of the race argmax e^((l - m) / tau_k) / E.
// A NaN or +infinity among the logits makes u a NaN, which merging keeps.
// A part whose largest logit is smaller by d is rescaled: z by e^-d, u to e^-d (u - d z).

struct Partial {
  largest: f32,
  z: f32,
  u: f32,
  /// Written by the gate: H in nats; -1 for a row that is not live; -2 for a row without a distribution.
  entropy: f32,
#for k in 0..TEMPERATURES
  z$k: f32,
  key$k: f32,
  token$k: u32,
#endfor
}

/// exponent_scale of each raced temperature of the row.
fn row_scales(row: u32) -> vec3f {
  var scales = vec3f();
#for k in 0..TEMPERATURES
  scales[$k] = exponent_scale(temperature(row, $k));
#endfor
  return scales;
}

fn merge_partials(a: Partial, b: Partial, scales: vec3f) -> Partial {
  var c: Partial;
  c.largest = max(a.largest, b.largest);
  let below_a = a.largest - c.largest;
  let below_b = b.largest - c.largest;
  let e_a = exp2(below_a * LOG2_E);
  let e_b = exp2(below_b * LOG2_E);
  c.z = e_a * a.z + e_b * b.z;
  c.u = e_a * (a.u + below_a * a.z) + e_b * (b.u + below_b * b.z);
#for k in 0..TEMPERATURES
  let weight_a$k = tempered_scale(below_a, scales[$k]);
  let weight_b$k = tempered_scale(below_b, scales[$k]);
  c.z$k = weight_a$k * a.z$k + weight_b$k * b.z$k;
  let key_a$k = weight_a$k * a.key$k;
  let key_b$k = weight_b$k * b.key$k;
  let b_wins$k = key_b$k > key_a$k || (key_b$k == key_a$k && b.token$k < a.token$k);
  c.key$k = select(key_a$k, key_b$k, b_wins$k);
  c.token$k = select(a.token$k, b.token$k, b_wins$k);
#endfor
  return c;
}
