// The head works on a few tokens at a time, so that logits for all of them never exist at once.
struct Chunk {
  size: u32,    // tokens of the batch in this chunk
  first: u32,   // the first of them
}
