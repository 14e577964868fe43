import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { scheduleSchema } from '../../temperature/schedule.ts';
import { added, moved, removed } from './knots.ts';

const knots = fc
  .uniqueArray(fc.record({ step: fc.nat(1000), tau: fc.integer({ min: 5, max: 300 }).map((n) => n / 100) }), {
    minLength: 1,
    maxLength: 8,
    selector: ({ step }) => step,
  })
  .map((list) => list.sort((a, b) => a.step - b.step));
const anywhere = fc.record({
  step: fc.double({ min: -5000, max: 5000, noNaN: true }),
  tau: fc.double({ min: -5, max: 5, noNaN: true }),
});

describe('knots', () => {
  it('make a schedule that is accepted, wherever one is dragged, added or removed', () => {
    fc.assert(
      fc.property(knots, fc.nat(7), anywhere, fc.boolean(), (list, n, to, isStages) => {
        const start = isStages ? [{ ...list[0]!, step: 0 }, ...list.slice(1)] : list;
        const at = n % start.length;
        for (const edited of [moved(start, at, to, isStages), added(start, to), removed(start, at, isStages)]) {
          const schedule = isStages ? { kind: 'stages', stages: edited } : { kind: 'points', points: edited };
          expect(v.safeParse(scheduleSchema, schedule).success).toBe(true);
        }
      }),
    );
  });

  it('stop at their neighbours', () => {
    const list = [
      { step: 0, tau: 1 },
      { step: 10, tau: 1 },
      { step: 20, tau: 1 },
    ];
    expect(moved(list, 1, { step: 99, tau: 1.237 }, false)[1]).toEqual({ step: 19, tau: 1.24 });
    expect(moved(list, 1, { step: -4, tau: 1 }, false)[1]).toEqual({ step: 1, tau: 1 });
    expect(moved(list, 0, { step: 5, tau: 1 }, true)[0]).toEqual({ step: 0, tau: 1 });
  });

  it('keep the last one, and one at each step', () => {
    const list = [{ step: 3, tau: 1 }];
    expect(removed(list, 0, false)).toBe(list);
    expect(added(list, { step: 3.2, tau: 2 })).toBe(list);
  });
});
