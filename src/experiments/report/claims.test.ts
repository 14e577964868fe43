import { describe, expect, it } from 'vitest';
import { resultsWith } from '../results.testing.ts';
import { type Claim, faultOf, intervalOfClaim, textOf } from './claims.ts';

const AVG = 'eval/tau 1/avg@4';
const results = await resultsWith({ a: [1, 2, 3, 4, 5], b: [3, 4, 5, 6, 8] });
const claim = (more: Partial<Claim>): Claim => ({ measure: AVG, when: 'last', arm: 'b', ...more });

describe('a claim', () => {
  it('on a level is on the seeds of the arm', () => {
    expect(intervalOfClaim(results, claim({}))).toMatchObject({ value: 26 / 40, n: 5 });
    expect(faultOf(results, claim({ within: [0.3, 1] }))).toBeNull();
    expect(faultOf(results, claim({ within: [0.5, 1] }))).toMatch(/is not within 0\.5 to 1\.$/);
  });

  it('on a difference is paired by seed', () => {
    expect(intervalOfClaim(results, claim({ against: { arm: 'a' } }))!.value).toBeCloseTo(11 / 40, 12);
    expect(faultOf(results, claim({ against: { arm: 'a' }, verdict: 'higher' }))).toBeNull();
    expect(faultOf(results, claim({ against: { arm: 'a' }, verdict: 'no difference' }))).toMatch(
      /is higher, not no difference\.$/,
    );
    expect(faultOf(results, claim({ arm: 'a', against: { arm: 'b' }, verdict: 'lower' }))).toBeNull();
  });

  it('may set another step or another measure against it', () => {
    expect(intervalOfClaim(results, claim({ against: { when: { step: 0 } } }))!.value).toBeCloseTo(21 / 40, 12);
    expect(intervalOfClaim(results, claim({ against: { measure: 'eval/tau 1/greedy' } }))!.value).toBeCloseTo(
      6 / 40,
      12,
    );
  });

  it('on a ratio is judged beside 1', () => {
    const ratio = claim({ against: { arm: 'a' }, as: 'ratio' });
    expect(intervalOfClaim(results, ratio)!.value).toBeCloseTo((3 + 2 + 5 / 3 + 1.5 + 1.6) / 5, 12);
    expect(faultOf(results, { ...ratio, verdict: 'higher' })).toBeNull();
    expect(faultOf(results, { ...ratio, verdict: 'lower' })).toMatch(/is higher, not lower/);
  });

  it('that says nothing, or of nothing, is a fault', () => {
    expect(faultOf(results, claim({}))).toMatch(/nothing is claimed of it\.$/);
    expect(faultOf(results, claim({ verdict: 'higher' }))).toMatch(/a verdict needs another side\.$/);
    expect(faultOf(results, claim({ arm: 'c', within: [0, 1] }))).toMatch(/the results have no such number\.$/);
    expect(faultOf(results, claim({ measure: 'curve/kl', within: [0, 1] }))).toMatch(/no such number/);
  });
});

describe('the text of a finding', () => {
  it('takes its numbers from its claims', async () => {
    const same = await resultsWith({ a: [2, 2, 2, 2, 2], b: [3, 3, 3, 3, 3] });
    const claims = [claim({ against: { arm: 'a' } }), claim({}), claim({ against: { arm: 'a' }, as: 'ratio' })];
    expect(textOf(same, { text: 'b gains {0} and comes to {1}, {2} times a.', claims })).toBe(
      'b gains +0.1250 (+0.1250 to +0.1250) and comes to 0.3750 (0.3750 to 0.3750), 1.5000 (1.5000 to 1.5000) times a.',
    );
    expect(() => textOf(same, { text: 'b gains {3}.', claims })).toThrow(/no number \{3\}/);
    expect(() => textOf(same, { text: '{0}', claims: [claim({ arm: 'c' })] })).toThrow(RangeError);
  });
});
