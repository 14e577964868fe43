// The element that a thread of a one-dimensional problem owns. Problems of more than 32 768 workgroups of 64 spill
// into y (linearGrid in src/gpu/plan.ts).
fn element(id: vec3u, groups: vec3u) -> u32 { return id.y * groups.x * 64u + id.x; }
