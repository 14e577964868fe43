// The kernel that only reads: the least time in which any sampler could have seen every logit once.

import type { Gpu } from '../src/gpu/device.ts';
import type { Dispatch } from '../src/gpu/kernel.ts';
import type { Slice } from '../src/gpu/slice.ts';
import { milliseconds } from './measure.ts';

const WORKGROUP = 64;
/** vec4 that each invocation reads; the fastest on this adapter is taken. */
const VECTORS_EACH = [4, 16, 64, 256];

/** Sums strided vec4 loads and stores one number an invocation, so that no load can be left out. */
function readerCode(vectors: number, invocations: number): string {
  return /* wgsl */ `
@group(0) @binding(0) var<storage, read> logits: array<vec4f, ${vectors}>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32, ${invocations}>;

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = vec4f(0);
  for (var i = id.x; i < ${vectors}u; i += ${invocations}u) {
    sum += logits[i];
  }
  sums[id.x] = sum.x + sum.y + sum.z + sum.w;
}
`;
}

/**
 * `times` reads of all `logits` in one submit, by the reader that is fastest here.
 * @param count Number of logits, a multiple of 4.
 */
export async function openReader(gpu: Gpu, logits: Slice, count: number, times: number) {
  const vectors = count / 4;
  const sums = gpu.storage('bench read sums', 4 * vectors);
  let fastest = { ms: Infinity, dispatches: [] as Dispatch[] };
  const run = (dispatches: readonly Dispatch[]) => gpu.submit({ label: 'bench reader', dispatches });
  for (const each of VECTORS_EACH) {
    const workgroups = Math.ceil(vectors / each / WORKGROUP);
    const kernel = await gpu.kernel({
      label: 'bench reader',
      code: readerCode(vectors, workgroups * WORKGROUP),
      bindings: ['read', 'write'],
    });
    const dispatch: Dispatch = { kernel, group: gpu.bind(kernel, [logits, sums]), grid: [workgroups, 1, 1] };
    const dispatches = Array.from({ length: times }, () => dispatch);
    await run(dispatches);
    const ms = await milliseconds(() => run(dispatches));
    if (ms < fastest.ms) fastest = { ms, dispatches };
  }
  return {
    run: () => run(fastest.dispatches),
    close: () => sums.buffer.destroy(),
  };
}
