// The noise in the shader: Philox bit for bit, and Exp(1) to float32's own accuracy, tails included.

import { afterAll, describe, expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import { loadShader } from '../gpu/wgsl.ts';
import { uniformNumbers } from './gpuSampler.testing.ts';
import { philox4x32, unitInterval } from './philox.ts';

const gpu = await openGpu();
afterAll(() => gpu.destroy());

const DRAWS = 512;

/** Draw d: philox of counters[d] under keys[d], and 1 / E of its words. */
const MAIN = `
@group(0) @binding(0) var<storage, read> inputs: array<u32>;
@group(0) @binding(1) var<storage, read_write> words: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> inverses: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = 10u * id.x;
  let shared_words = philox_row(inputs[at + 1u], inputs[at + 2u], inputs[at + 3u], vec2u(inputs[at + 4u], inputs[at + 5u]));
  words[id.x] = philox_words(shared_words, inputs[at]);
  inverses[id.x] = inverse_exponential(vec4u(inputs[at + 6u], inputs[at + 7u], inputs[at + 8u], inputs[at + 9u]));
}`;

async function draw(slowShifts: boolean, inputs: Uint32Array) {
  const code = [loadShader('philox.wgsl', { SLOW_SHIFTS: slowShifts }), loadShader('exponential.wgsl'), MAIN].join(
    '\n',
  );
  const kernel = await gpu.kernel({ label: 'noise', code, bindings: ['read', 'write', 'write'] });
  const words = gpu.storage('words', 16 * DRAWS);
  const inverses = gpu.storage('inverses', 16 * DRAWS);
  const group = gpu.bind(kernel, [gpu.upload('inputs', inputs), words, inverses]);
  const [a, b] = await gpu.submit({
    label: 'noise',
    dispatches: [{ kernel, group, grid: [DRAWS / 64, 1, 1] }],
    read: [words, inverses],
  });
  return { words: new Uint32Array(a!), inverses: new Float32Array(b!) };
}

/** Random words, with the corners of 32 and 16 bits among them. */
function inputWords(): Uint32Array {
  const uniform = uniformNumbers(5);
  const corners = [
    0, 1, 511, 512, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fe00, 0xffff_ffff,
  ];
  return Uint32Array.from({ length: 10 * DRAWS }, () => {
    const u = uniform();
    return u < 0.3 ? corners[Math.floor((u / 0.3) * corners.length)]! : Math.floor(uniform() * 2 ** 32);
  });
}

describe.each([
  ['with shifts', false],
  ['without shifts, for devices that are slow at them', true],
])('the noise, %s', (_, slowShifts) => {
  const inputs = inputWords();

  it('is Philox4x32-10, bit for bit', async () => {
    const { words } = await draw(slowShifts, inputs);
    const expected = new Uint32Array(4 * DRAWS);
    for (let d = 0; d < DRAWS; d++) {
      const [i, position, row, stream, key0, key1] = inputs.subarray(10 * d, 10 * d + 6) as unknown as number[];
      philox4x32(expected.subarray(4 * d, 4 * d + 4), i!, position!, row!, stream!, key0!, key1!);
    }
    expect(words).toEqual(expected);
  });

  it('becomes Exp(1) with a relative error below 1e-6, from the smallest to the largest', async () => {
    const { inverses } = await draw(slowShifts, inputs);
    let largest = 0;
    for (let d = 0; d < DRAWS; d++)
      for (let c = 0; c < 4; c++) {
        const E = -Math.log1p(-unitInterval(inputs[10 * d + 6 + c]!));
        largest = Math.max(largest, Math.abs(inverses[4 * d + c]! * E - 1));
      }
    expect(largest).toBeLessThan(1e-6);
  });
});
