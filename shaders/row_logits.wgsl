// Rows of logits [ROWS, VOCABULARY], four at a time. A vocabulary that is no multiple of four is read one by one,
// because its rows do not start at a multiple of 16 bytes.

#if VECTOR_LOADS
@group(0) @binding(1) var<storage, read> logits: array<vec4f, LOGIT_VECTORS>;

/// Logits 4i .. 4i + 3 of the row.
fn four_logits(row: u32, i: u32) -> vec4f {
  return max(logits[row * ROW_VECTORS + i], vec4f(LOWEST));
}

fn raw_logits(row: u32, i: u32) -> vec4f {
  return logits[row * ROW_VECTORS + i];
}

fn one_logit(row: u32, token: u32) -> f32 {
  return max(logits[row * ROW_VECTORS + (token >> 2u)][token & 3u], LOWEST);
}
#else
@group(0) @binding(1) var<storage, read> logits: array<f32, LOGITS>;

fn raw_logits(row: u32, i: u32) -> vec4f {
  let first = row * VOCABULARY + 4u * i;
  let left = VOCABULARY - 4u * i;
  return vec4f(
    logits[first],
    select(LOWEST, logits[first + 1u], left > 1u),
    select(LOWEST, logits[first + 2u], left > 2u),
    select(LOWEST, logits[first + 3u], left > 3u),
  );
}

/// Logits 4i .. 4i + 3 of the row, LOWEST beyond its end.
fn four_logits(row: u32, i: u32) -> vec4f {
  return max(raw_logits(row, i), vec4f(LOWEST));
}

fn one_logit(row: u32, token: u32) -> f32 {
  return max(logits[row * VOCABULARY + token], LOWEST);
}
#endif
