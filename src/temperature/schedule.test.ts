import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { scheduleSchema, temperatureAt } from './schedule.ts';

const at = (input: unknown, steps: readonly number[]) => {
  const schedule = v.parse(scheduleSchema, input);
  return steps.map((step) => temperatureAt(schedule, step, null));
};

describe('temperatureAt', () => {
  it('keeps a constant', () => expect(at({ kind: 'constant', tau: 0.7 }, [0, 9, 1e6])).toEqual([0.7, 0.7, 0.7]));

  it('goes in a straight line and stays', () => {
    const taus = at({ kind: 'linear', from: 1, to: 1.8, steps: 400 }, [0, 100, 200, 400, 900]);
    [1, 1.2, 1.4, 1.8, 1.8].forEach((tau, i) => {
      expect(taus[i]).toBeCloseTo(tau, 12);
    });
  });

  it('spikes at multiples, never at the start', () =>
    expect(at({ kind: 'spike', base: 1, rise: 0.5, every: 50, length: 2 }, [0, 1, 49, 50, 51, 52, 100])).toEqual([
      1, 1, 1, 1.5, 1.5, 1, 1.5,
    ]));

  it('follows half a cosine', () => {
    const taus = at({ kind: 'cosine', from: 1.5, to: 0.5, steps: 100 }, [0, 25, 50, 75, 100, 200]);
    [1.5, 1 + Math.SQRT1_2 / 2, 1, 1 - Math.SQRT1_2 / 2, 0.5, 0.5].forEach((tau, i) => {
      expect(taus[i]).toBeCloseTo(tau, 12);
    });
  });

  it('holds each stage until the next', () => {
    const stages = [
      { step: 0, tau: 1.4 },
      { step: 10, tau: 1.45 },
      { step: 30, tau: 1.5 },
    ];
    expect(at({ kind: 'stages', stages }, [0, 9, 10, 29, 30, 99])).toEqual([1.4, 1.4, 1.45, 1.45, 1.5, 1.5]);
  });

  it('joins drawn points by lines', () => {
    const points = [
      { step: 10, tau: 1 },
      { step: 20, tau: 2 },
      { step: 24, tau: 1 },
    ];
    expect(at({ kind: 'points', points }, [0, 10, 15, 20, 21, 24, 80])).toEqual([1, 1, 1.5, 2, 1.75, 1, 1]);
  });

  describe('steering by entropy', () => {
    const schedule = v.parse(scheduleSchema, { kind: 'entropy', from: 1.1, targetNats: 0.5 });
    const vocabularySize = 16;
    const next = (tau: number, entropyNats: number) => temperatureAt(schedule, 5, { tau, entropyNats, vocabularySize });

    it('begins where it is told', () => expect(temperatureAt(schedule, 0, null)).toBe(1.1));
    it('rests on target', () => expect(next(1.3, 0.5)).toBe(1.3));
    it('takes the step of E3', () => {
      // T = 1.2, H = H* / e: ln(H* / H) = 1; ln 16 + ln ln 16 = 2.772589 + 1.019782 = 3.792370.
      expect(next(1.2, 0.5 / Math.E)).toBeCloseTo(1.2 * (1 + 1.2 / 3.79237), 6);
      expect(next(1.2, 0.5 * Math.E)).toBeCloseTo(1.2 * (1 - 1.2 / 3.79237), 6);
    });
    it('stays within its bounds, also for a policy that is certain', () => {
      expect(next(1.9, 0)).toBe(2);
      expect(next(2, 2.7)).toBeLessThan(2);
      expect(
        temperatureAt({ ...schedule, least: 1 } as typeof schedule, 3, { tau: 1.1, entropyNats: 2.7, vocabularySize }),
      ).toBe(1);
    });
  });

  it('refuses what is no schedule or no step', () => {
    for (const input of [
      { kind: 'constant', tau: 0 },
      { kind: 'linear', steps: 0 },
      { kind: 'spike', base: 0.5, rise: -0.5 },
      { kind: 'stages', stages: [{ step: 1, tau: 1 }] },
      { kind: 'stages', stages: [] },
      {
        kind: 'points',
        points: [
          { step: 5, tau: 1 },
          { step: 5, tau: 2 },
        ],
      },
      { kind: 'entropy', least: 2, most: 1 },
      { kind: 'constant', tau: 1, colour: 'red' },
    ])
      expect(v.safeParse(scheduleSchema, input).success, JSON.stringify(input)).toBe(false);
    expect(() => temperatureAt({ kind: 'constant', tau: 1 }, -1, null)).toThrow(RangeError);
    expect(() => temperatureAt({ kind: 'constant', tau: 1 }, 0.5, null)).toThrow(RangeError);
  });

  it('has a default for every field that can have one', () =>
    expect(
      ['constant', 'linear', 'spike', 'cosine', 'entropy'].map((kind) => v.parse(scheduleSchema, { kind })),
    ).toEqual([
      { kind: 'constant', tau: 1 },
      { kind: 'linear', from: 1.2, to: 1.4, steps: 300 },
      { kind: 'spike', base: 1, rise: 0.1, every: 50, length: 1 },
      { kind: 'cosine', from: 1.2, to: 1, steps: 300 },
      { kind: 'entropy', from: 1, targetNats: 0.5, least: 0.2, most: 2 },
    ]));
});
