// The head works on a few tokens at a time, so that logits for all of them never exist at once.
struct Chunk {
  first: u32,   // first token
  size: u32,    // tokens this chunk can hold
}
