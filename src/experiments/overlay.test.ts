import { describe, expect, it } from 'vitest';
import { fieldsAt, overlay } from './overlay.ts';

describe('overlay', () => {
  it('puts fields in their places and leaves the others', () => {
    expect(overlay({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 4 }, e: 5 })).toEqual({ a: 1, b: { c: 2, d: 4 }, e: 5 });
  });

  it('takes lists whole, and null as a value', () => {
    expect(overlay({ a: [1, 2], b: { c: 1 } }, { a: [3], b: null })).toEqual({ a: [3], b: null });
    expect(overlay({ b: null }, { b: { c: 1 } })).toEqual({ b: { c: 1 } });
  });

  it('drops the fields of another rule, variant or kind, and keeps those of the same', () => {
    const base = { temperature: { rule: 'binary', high: 1.2, low: 1 } };
    expect(overlay(base, { temperature: { rule: 'fixed', tau: 1 } })).toEqual({
      temperature: { rule: 'fixed', tau: 1 },
    });
    expect(overlay(base, { temperature: { rule: 'binary', low: 0.8 } })).toEqual({
      temperature: { rule: 'binary', high: 1.2, low: 0.8 },
    });
    expect(overlay(base, { temperature: { high: 1.6 } })).toEqual({
      temperature: { rule: 'binary', high: 1.6, low: 1 },
    });
  });

  it('changes neither of the two', () => {
    const base = { a: { b: 1 } };
    const set = { a: { c: 2 } };
    overlay(base, set);
    expect([base, set]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
  });
});

describe('fieldsAt', () => {
  it('nests a value under the names of a path', () => {
    expect(fieldsAt('a.b.c', 7)).toEqual({ a: { b: { c: 7 } } });
    expect(fieldsAt('a', { b: 1 })).toEqual({ a: { b: 1 } });
  });
});
