import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tensor } from './parameters.ts';
import { readSafetensors, SafetensorsError, writeSafetensors } from './safetensors.ts';

/** A file from a header text and data bytes; `headerBytes` lies about the header's length. */
function file(header: string, data: Uint8Array | number = 0, headerBytes?: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const body = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + text.length + body.length);
  const length = headerBytes ?? text.length;
  new DataView(bytes.buffer).setUint32(0, length, true);
  new DataView(bytes.buffer).setUint32(4, Math.floor(length / 2 ** 32), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const header = (entries: Record<string, unknown>) => JSON.stringify(entries);
const floatBytes = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe('safetensors', () => {
  it('reads back what it writes', () => {
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
    const tensor = fc
      .array(finite, { maxLength: 12 })
      .map((data) => ({ shape: [data.length], data: Float32Array.from(data) }));
    const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text !== '__metadata__');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, tensor), { maxLength: 8 }),
        fc.array(fc.tuple(fc.string(), fc.string({ unit: 'binary' })), { maxLength: 3 }),
        (tensors, metadata) => {
          const written = new Map<string, Tensor>(tensors);
          const texts = new Map(metadata);
          const back = readSafetensors(writeSafetensors(written, texts));
          expect(new Map([...back.tensors].sort())).toEqual(new Map([...written].sort()));
          expect(back.metadata).toEqual(texts);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('starts every tensor at a multiple of 4 bytes, so that F32 is read without a copy', () => {
    const bytes = writeSafetensors(new Map([['a', { shape: [2], data: Float32Array.of(1, 2) }]]));
    expect(readSafetensors(bytes).tensors.get('a')!.data.buffer).toBe(bytes.buffer);
  });

  it('reads from the middle of a buffer and from any alignment', () => {
    const bytes = writeSafetensors(new Map([['a', { shape: [2, 1], data: Float32Array.of(1.5, -2) }]]));
    for (let shift = 0; shift < 4; shift++) {
      const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
      shifted.set(bytes);
      expect(readSafetensors(shifted).tensors.get('a')).toEqual({ shape: [2, 1], data: Float32Array.of(1.5, -2) });
    }
  });

  it('reads F16 and BF16 as their exact values', () => {
    const data = new Uint8Array(Uint16Array.of(0x3c00, 0xc001, 0x0001, 0x3f80, 0xc049, 0x0001).buffer);
    const { tensors } = readSafetensors(
      file(header({ h: entry('F16', [3], 0, 6), b: entry('BF16', [1, 3], 6, 12) }), data),
    );
    expect(tensors.get('h')).toEqual({ shape: [3], data: Float32Array.of(1, -(2 + 2 ** -9), 2 ** -24) });
    expect(tensors.get('b')).toEqual({ shape: [1, 3], data: Float32Array.of(1, -3.140625, 2 ** -133) });
  });

  it("reads a file of the format's own library", () => {
    // safetensors 0.8.0 for Python: serialize({weight: float32, half: float16, brain: bfloat16, scalar}, {'format': 'pt'}).
    const base64 =
      'EAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJzY2FsYXIiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6W10sImRhdGFfb2Zm' +
      'c2V0cyI6WzAsNF19LCJ3ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzQsMjhdfSwiYnJhaW4iOnsi' +
      'ZHR5cGUiOiJCRjE2Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMjgsMzJdfSwiaGFsZiI6eyJkdHlwZSI6IkYxNiIsInNoYXBlIjpbNF0s' +
      'ImRhdGFfb2Zmc2V0cyI6WzMyLDQwXX19ICAgIAAA4EAAAMA/AAAAwM3MzD3IqiAAmXaWfgAAAICAP0nAADwAwQEA/3s=';
    const { tensors, metadata } = readSafetensors(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
    expect(metadata).toEqual(new Map([['format', 'pt']]));
    expect([...tensors]).toEqual([
      ['scalar', { shape: [], data: Float32Array.of(7) }],
      ['weight', { shape: [2, 3], data: Float32Array.of(1.5, -2, 0.1, 3e-39, 1e38, -0) }],
      ['brain', { shape: [2], data: Float32Array.of(1, -3.140625) }],
      ['half', { shape: [4], data: Float32Array.of(1, -2.5, 2 ** -24, 65_504) }],
    ]);
  });

  it('carries metadata and accepts scalars, empty tensors and trailing spaces', () => {
    const text = `${header({ __metadata__: { format: 'pt' }, s: entry('F32', [], 0, 4), e: entry('F32', [0, 5], 0, 0) })}   `;
    const { tensors, metadata } = readSafetensors(file(text, floatBytes(7)));
    expect(metadata).toEqual(new Map([['format', 'pt']]));
    expect(tensors.get('s')).toEqual({ shape: [], data: Float32Array.of(7) });
    expect(tensors.get('e')!.shape).toEqual([0, 5]);
  });

  const f32 = (begin: number, end: number, shape = [1]) => entry('F32', shape, begin, end);
  it.each<[string, Uint8Array, string]>([
    ['a stub', new Uint8Array(3), 'f: it is 3 bytes long, too short for the 8 bytes of the header length.'],
    [
      'a huge header',
      file('{}', 0, 100_000_001),
      'f: the header length says 100000001 bytes, but at most 100000000 are accepted.',
    ],
    [
      'a 64-bit header',
      file('{}', 0, 2 ** 40),
      'f: the header length says 1099511627776 bytes, but at most 100000000 are accepted.',
    ],
    [
      'a cut header',
      file('{}', 0, 10),
      'f: the header length says 10 bytes, but only 2 follow (the file is truncated).',
    ],
    ['no header', file(''), 'f: the header does not begin with {.'],
    ['a list for a header', file('[]'), 'f: the header does not begin with {.'],
    ['broken JSON', file('{"a":'), 'f: the header is not valid JSON.'],
    ['broken UTF-8', file('{"a\u00e9').with(10, 0xff), 'f: the header is not valid UTF-8 text.'],
    ['a name twice', file('{"a":1,"\\u0061":2}'), 'f: the header holds the name "a" twice.'],
    [
      'a field twice',
      file('{"a":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,2]}}', 2),
      'f: the header holds the name "dtype" twice.',
    ],
    ['a metadata number', file(header({ __metadata__: { v: 1 } })), 'f: __metadata__.v is not a text.'],
    ['metadata that is text', file(header({ __metadata__: 'x' })), 'f: __metadata__ is not a JSON object.'],
    [
      'an entry that is no object',
      file(header({ w: 3 })),
      'f: the tensor w: its entry is not accepted (Invalid type: Expected Object but received 3).',
    ],
    [
      'a negative size',
      file(header({ w: f32(0, 4, [-1]) }), 4),
      'f: the tensor w: shape.0 is not accepted (Invalid value: Expected >=0 but received -1).',
    ],
    [
      'half a size',
      file(header({ w: f32(0, 4, [0.5]) }), 4),
      'f: the tensor w: shape.0 is not accepted (Invalid safe integer: Received 0.5).',
    ],
    [
      'an unknown dtype',
      file(header({ w: entry('I64', [1], 0, 8) }), 8),
      'f: the tensor w has dtype I64, but only F32, F16 and BF16 are read.',
    ],
    [
      'a mislabelled dtype',
      file(header({ w: entry('F16', [2], 0, 8) }), 8),
      'f: the tensor w is F16 [2], which takes 4 bytes, but has 8.',
    ],
    [
      'a wrong shape',
      file(header({ w: f32(0, 8, [3]) }), 8),
      'f: the tensor w is F32 [3], which takes 12 bytes, but has 8.',
    ],
    [
      'an astronomic shape',
      file(header({ w: f32(0, 8, [2 ** 40, 2 ** 40]) }), 8),
      'f: the tensor w has a shape [1099511627776,1099511627776] that is too large.',
    ],
    [
      'cut data',
      file(header({ w: f32(0, 8, [2]) }), 5),
      'f: the tensor w reaches to byte 8, but only 5 follow the header (the file is truncated).',
    ],
    ['backward offsets', file(header({ w: f32(4, 0) }), 4), 'f: the tensor w ends (0) before it begins (4).'],
    ['an overlap', file(header({ v: f32(0, 8, [2]), w: f32(4, 8) }), 8), 'f: the tensor w overlaps the tensor v.'],
    ['a gap', file(header({ v: f32(0, 4), w: f32(8, 12) }), 12), 'f: 4 bytes before the tensor w belong to no tensor.'],
    ['a tail', file(header({ v: f32(0, 4) }), 6), 'f: 2 bytes at the end belong to no tensor.'],
    ['a NaN', file(header({ v: f32(0, 8, [2]) }), floatBytes(1, Number.NaN)), 'f: the tensor v holds NaN at index 1.'],
    [
      'an infinity',
      file(header({ v: f32(0, 4) }), floatBytes(-Infinity)),
      'f: the tensor v holds -Infinity at index 0.',
    ],
    [
      'an F16 NaN',
      file(header({ v: entry('F16', [1], 0, 2) }), Uint8Array.of(1, 0x7c)),
      'f: the tensor v holds NaN at index 0.',
    ],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'f')).toThrow(new SafetensorsError(message));
  });

  it('does not write what it could not read', () => {
    const write = (shape: number[], ...data: number[]) =>
      writeSafetensors(new Map([['w', { shape, data: Float32Array.from(data) }]]));
    expect(() => write([3], 1, 2)).toThrow('The tensor w holds 2 values, but its shape is [3].');
    expect(() => write([2], 1, Infinity)).toThrow('The tensor w holds Infinity at index 1.');
  });
});
