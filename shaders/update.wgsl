// What one AdamW step knows: settings from the host, the norm and the step count kept on the GPU.
struct Settings {
  learningRate: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  weightDecay: f32,
  clipNorm: f32,      // 0: no clipping
  logBeta1: f32,      // ln beta, for bias corrections that do not lose digits
  logBeta2: f32,
}
struct Progress {
  step: u32,          // updates applied so far
  applied: u32,       // 1: the last gradient was finite and was applied
  norm: f32,          // its global L2 norm before clipping
  scale: f32,         // clip factor
  correction1: f32,   // 1 - beta1^step
  correction2: f32,   // 1 - beta2^step
}
