// Rows of logits [rows, vocabulary], four at a time. A vocabulary that is no multiple of four is read one by one,
// because its rows do not start at a multiple of 16 bytes.

#if VECTOR_LOADS
@group(0) @binding(1) var<storage, read> logits: array<vec4f>;

/// Logits 4i .. 4i + 3 of the row.
fn four_logits(row: u32, i: u32) -> vec4f {
  return logits[row * (globals.vocabulary / 4u) + i];
}

fn one_logit(row: u32, token: u32) -> f32 {
  return logits[row * (globals.vocabulary / 4u) + token / 4u][token % 4u];
}
#else
@group(0) @binding(1) var<storage, read> logits: array<f32>;

/// Logits 4i .. 4i + 3 of the row, LOWEST beyond its end.
fn four_logits(row: u32, i: u32) -> vec4f {
  let first = row * globals.vocabulary + 4u * i;
  let left = globals.vocabulary - 4u * i;
  return vec4f(
    logits[first],
    select(LOWEST, logits[first + 1u], left > 1u),
    select(LOWEST, logits[first + 2u], left > 2u),
    select(LOWEST, logits[first + 3u], left > 3u),
  );
}

fn one_logit(row: u32, token: u32) -> f32 {
  return logits[row * globals.vocabulary + token];
}
#endif

/// Vectors of four in a row.
fn row_vectors() -> u32 {
  return (globals.vocabulary + 3u) / 4u;
}
