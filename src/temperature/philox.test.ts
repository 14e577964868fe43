import { describe, expect, test } from 'vitest';
import { philox4x32, seedWords, unitInterval } from './philox.ts';

describe('philox4x32-10', () => {
  // Random123's kat_vectors: counter, key and answer in its order.
  test.each([
    {
      name: 'zeros',
      counter: [0, 0, 0, 0],
      key: [0, 0],
      answer: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      name: 'all ones',
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      answer: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      name: 'digits of pi',
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      answer: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const)('known answer: $name', ({ counter, key, answer }) => {
    const out = new Uint32Array(4);
    const [c0, c1, c2, c3] = counter;
    philox4x32(out, c0, c1, c2, c3, key[0], key[1]);
    expect([...out]).toEqual(answer);
  });
});

describe('unitInterval', () => {
  test('stays strictly between 0 and 1 at both ends and joins its two branches', () => {
    expect(unitInterval(0)).toBe(2 ** -33);
    expect(unitInterval(0xffffffff)).toBe(1 - 2 ** -24);
    expect(unitInterval(511)).toBe(511.5 * 2 ** -32);
    expect(unitInterval(512)).toBe(1.5 * 2 ** -23);
  });

  test('is an exact float32 everywhere, and its mean is 1/2', () => {
    let sum = 0;
    const n = 1 << 16;
    for (let i = 0; i < n; i++) {
      const v = unitInterval(((i << 16) | ((i * 40503) & 0xffff)) >>> 0);
      expect(Math.fround(v)).toBe(v);
      sum += v;
    }
    expect(sum / n).toBeCloseTo(0.5, 4);
  });
});

describe('seedWords', () => {
  test('splits a seed into its low and high 32 bits', () => {
    expect(seedWords(0)).toEqual([0, 0]);
    expect(seedWords(0xffffffff)).toEqual([0xffffffff, 0]);
    expect(seedWords(Number.MAX_SAFE_INTEGER)).toEqual([0xffffffff, 0x1fffff]);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses %s', (seed) => {
    expect(() => seedWords(seed)).toThrow('The seed must be a whole number from 0 to 2^53 - 1');
  });
});
