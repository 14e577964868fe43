// Rows are read four values at a time where their width allows it (FOUR), else one by one.
#if FOUR
alias Vec = vec4f;
fn inner(a: Vec, b: Vec) -> f32 { return dot(a, b); }
#else
alias Vec = f32;
fn inner(a: Vec, b: Vec) -> f32 { return a * b; }
#endif
