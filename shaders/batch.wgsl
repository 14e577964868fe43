// Sizes of the packed batch of this step; they change from step to step, the pipelines do not.
// Rows of tokens stand end to end: nothing is padded.
struct Batch {
  tokens: u32,
  rows: u32,
  tiles: u32,      // attention tiles, see attention_tile.wgsl
  buckets: u32,    // distinct token ids, see embed_backward.wgsl
}
