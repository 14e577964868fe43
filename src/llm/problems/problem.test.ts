import { describe, expect, it } from 'vitest';
import { loadJudge } from './problem.ts';

const judge = await loadJudge();

describe('judge', () => {
  it.each([
    ['\\frac{1}{2}', 'Half of it: \\boxed{0.5}', 1, '0.5', 'boxed', 'They are the same number.'],
    ['\\frac{1}{2}', 'The answer is 1/2.', 1, '1/2', 'marked', 'They are the same number.'],
    ['42', '40 apples and 2 more make 42 apples.', 1, '42', 'last number', 'They are written alike.'],
    ['42', 'The answer is 42 apples.', 1, '42 apples', 'marked', 'They are the same number.'],
    ['(x+1)^2', '\\boxed{x^2+2x+1}', 1, 'x^2+2x+1', 'boxed', 'They agree at 10 points.'],
    ['42', '\\boxed{43}', 0, '43', 'boxed', 'They are different numbers.'],
    ['42', '\\boxed{9^{9^9}}', 0, '9^{9^9}', 'boxed', 'The given answer holds a number that is too large to compare.'],
    ['42', 'I give up.', 0, null, null, 'There is no box, no "answer is" and no number.'],
  ] as const)('of %j in %j: %d', (answer, completion, reward, extracted, method, reason) => {
    expect(judge({ answer }, completion)).toEqual({ reward, extracted, method, reason });
  });
});
