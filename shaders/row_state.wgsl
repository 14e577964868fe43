// Where a row of a decode stands. The sampler advances it, the decoder's kernels read it; it never leaves the GPU
// inside a block of steps.

struct RowState {
  /// Newest token of the sequence.
  token: u32,
  /// Tokens in the sequence, prompt and newest included.
  length: u32,
  /// Tokens that the row has generated: the `position` of its next draw.
  generated: u32,
  /// 0 live, 1 done, 2 stopped because its logits held no distribution.
  done: u32,
}
