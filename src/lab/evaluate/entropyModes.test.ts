import { describe, expect, it } from 'vitest';
import { entropyModes } from './entropyModes.ts';

const BINS = 40;
const histogram = (count: (bin: number) => number) => {
  const none = new Array<number>(BINS).fill(0);
  return { binNats: 0.05, fork: none.map((_, bin) => count(bin)), knowledge: none, format: none, unknown: none };
};

describe('entropyModes', () => {
  it('puts all variance between two points, and splits between them', () => {
    const modes = entropyModes(histogram((bin) => (bin === 0 ? 60 : bin === 20 ? 40 : 0)))!;
    expect(modes.separation).toBeCloseTo(1, 12);
    expect(modes).toMatchObject({ tokens: 100, certain: 0.6, above: 0.4, splitNats: 0.05 });
  });

  it('puts three quarters of a uniform distribution there', () => {
    expect(entropyModes(histogram(() => 10))!.separation).toBeCloseTo(0.75, 2);
  });

  it('puts 2 / pi of a bell there', () => {
    const bell = entropyModes(histogram((bin) => 1e6 * Math.exp(-((bin - 19.5) ** 2) / 50)))!;
    expect(bell.separation).toBeCloseTo(2 / Math.PI, 2);
  });

  it('says nothing of no tokens, and finds no two modes in one point', () => {
    expect(entropyModes(histogram(() => 0))).toBeNull();
    expect(entropyModes(histogram((bin) => (bin === 3 ? 9 : 0)))).toMatchObject({ separation: 0, certain: 0 });
  });
});
