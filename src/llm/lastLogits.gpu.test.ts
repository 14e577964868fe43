// The kernel that takes the last position's logits, against a plain loop: 32-bit floats, and every kind of 16-bit one.

import { afterAll, expect, it } from 'vitest';
import { openGpu } from '../gpu/device.ts';
import { widenF16 } from '../policy/halfFloat.ts';
import { lastLogits } from './lastLogits.ts';

const gpu = await openGpu();
afterAll(() => gpu.destroy());

async function found(bits: Uint16Array<ArrayBuffer> | Float32Array<ArrayBuffer>, dims: [number, number, number]) {
  const [rows, positions, vocabulary] = dims;
  // As a runtime's buffer ends: at a multiple of four bytes.
  const bytes = new Uint8Array(Math.ceil(bits.byteLength / 4) * 4);
  bytes.set(new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength));
  const { buffer } = gpu.upload('test logits', new Uint32Array(bytes.buffer));
  const isHalf = bits instanceof Uint16Array;
  const slice = await lastLogits(gpu, { buffer, rows, positions, vocabulary, isHalf });
  const [values] = await gpu.submit({ label: 'read', dispatches: [], read: [slice] });
  buffer.destroy();
  slice.buffer.destroy();
  return new Float32Array(values!);
}

function expected(all: Float32Array, [rows, positions, vocabulary]: [number, number, number]): number[] {
  const last: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let v = 0; v < vocabulary; v++) last.push(all[(row * positions + positions - 1) * vocabulary + v]!);
  return last;
}

it.each([
  [1, 1, 5],
  [3, 4, 7],
  // More rows of workgroups than one dimension of a dispatch holds.
  [2, 2, 3_000_001],
] as [number, number, number][])('takes the last of f32 logits [%i, %i, %i]', async (...dims) => {
  const all = Float32Array.from({ length: dims[0] * dims[1] * dims[2] }, (_, i) => Math.fround(Math.sin(i) * 40));
  const got = await found(all, dims);
  const want = expected(all, dims);
  expect(got.length).toBe(want.length);
  expect(got.every((value, i) => value === want[i])).toBe(true);
});

it('widens every finite 16-bit float exactly, in rows of odd length too', async () => {
  const isFinite16 = (pattern: number) => (pattern & 0x7c00) !== 0x7c00;
  // Subnormal ones may be flushed to 0 by a GPU: checked below.
  const isNormal = (pattern: number) => (pattern & 0x7c00) !== 0 || (pattern & 0x7fff) === 0;
  const patterns = Uint16Array.from({ length: 65_536 }, (_, i) => i).filter((i) => isFinite16(i) && isNormal(i));
  const row = patterns.subarray(0, patterns.length - 1 + (patterns.length % 2));
  expect(row.length % 2).toBe(1);
  const bits = new Uint16Array([...row.toReversed(), ...row, ...row, ...row.toReversed()]);
  const dims: [number, number, number] = [2, 2, row.length];
  const got = await found(bits, dims);
  const want = expected(widenF16(bits), dims);
  expect(got.length).toBe(want.length);
  const wrong = want.findIndex((value, i) => got[i] !== value);
  expect(wrong, wrong === -1 ? '' : `${got[wrong]} instead of ${want[wrong]}`).toBe(-1);
});

it('keeps subnormal 16-bit floats within their own size', async () => {
  const bits = Uint16Array.from({ length: 1023 }, (_, i) => i + 1);
  const got = await found(bits, [1, 1, bits.length]);
  for (const [i, value] of widenF16(bits).entries()) expect(Math.abs(got[i]! - value)).toBeLessThan(2 ** -14);
});
