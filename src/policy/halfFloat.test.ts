import { describe, expect, it } from 'vitest';
import { crc32Hex } from './crc32.ts';
import { widenBF16, widenF16 } from './halfFloat.ts';

const ALL_PATTERNS = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);

/** IEEE 754-2019 section 3.4, word for word, with `e` exponent bits and `f` fraction bits. */
function ieeeValue(bits: number, e: number, f: number): number {
  const sign = bits >>> (e + f) === 1 ? -1 : 1;
  const exponent = (bits >>> f) & (2 ** e - 1);
  const fraction = (bits & (2 ** f - 1)) / 2 ** f;
  const bias = 2 ** (e - 1) - 1;
  if (exponent === 2 ** e - 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * 2 ** (1 - bias) * fraction : sign * 2 ** (exponent - bias) * (1 + fraction);
}

describe('half-width floats', () => {
  it('widens all 65 536 F16 patterns exactly', () => {
    const values = widenF16(ALL_PATTERNS);
    for (const bits of ALL_PATTERNS)
      if (!Object.is(values[bits], ieeeValue(bits, 5, 10)))
        expect(values[bits], `pattern ${bits}`).toBe(ieeeValue(bits, 5, 10));
    expect(values).toHaveLength(65_536);
  });

  it('agrees with Python on all finite F16 patterns', () => {
    const finite = ALL_PATTERNS.filter((bits) => ((bits >>> 10) & 31) !== 31);
    // zlib.crc32(b''.join(struct.pack('<f', struct.unpack('<e', struct.pack('<H', p))[0]) for p in finite patterns))
    expect(crc32Hex(new Uint8Array(widenF16(finite).buffer))).toBe('896e3e93');
  });

  it('widens all 65 536 BF16 patterns exactly', () => {
    const values = widenBF16(ALL_PATTERNS);
    for (const bits of ALL_PATTERNS)
      if (!Object.is(values[bits], ieeeValue(bits, 8, 7)))
        expect(values[bits], `pattern ${bits}`).toBe(ieeeValue(bits, 8, 7));
    expect(values).toHaveLength(65_536);
  });
});

describe('crc32', () => {
  it.each([
    ['', '00000000'],
    ['a', 'e8b7be43'],
    ['123456789', 'cbf43926'],
    ['The quick brown fox jumps over the lazy dog', '414fa339'],
  ])('of %j is the published %s', (text, expected) => {
    expect(crc32Hex(new TextEncoder().encode(text))).toBe(expected);
  });

  it('changes with every single flipped bit', () => {
    const bytes = new TextEncoder().encode('entropy queue');
    const sums = new Set([crc32Hex(bytes)]);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >>> 3]! ^= 1 << (bit & 7);
      sums.add(crc32Hex(damaged));
    }
    expect(sums.size).toBe(bytes.length * 8 + 1);
  });
});
