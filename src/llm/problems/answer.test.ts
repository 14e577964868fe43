import { describe, expect, it } from 'vitest';
import { extractAnswer, statedAnswer } from './answer.ts';

describe('extractAnswer', () => {
  it.each([
    ['So it is $\\boxed{42}$.', '42', 'boxed'],
    ['\\boxed{\\frac{\\sqrt{3}}{2}}', '\\frac{\\sqrt{3}}{2}', 'boxed'],
    ['First \\boxed{1}, no: \\boxed{2}. The answer is 3.', '2', 'boxed'],
    ['\\boxed{\\{1,2\\}}', '\\{1,2\\}', 'boxed'],
    ['\\boxed{\\left\\{ x \\right.}', '\\left\\{ x \\right.', 'boxed'],
    ['\\boxed {7} and \\fbox{8}', '8', 'boxed'],
    ['It is \\boxed 5.', '5', 'boxed'],
    ['\\boxed{12} and then \\boxed{3', '12', 'boxed'],
    ['\\boxed{} is empty, #### 9', '9', 'marked'],
    ['6 * 7 = <<6*7=42>>42\n#### 42', '42', 'marked'],
    ['#### 1,250\n', '1,250', 'marked'],
    ['Final Answer: The largest $n$ is 34.', '34', 'marked'],
    ['Answer: the area is $9\\pi$ square metres', '9\\pi', 'marked'],
    ['#### -3.5', '-3.5', 'marked'],
    ['The answer is 42. Let me check: 40 + 2.', '42', 'marked'],
    ['the answer is 3.5 because 7/2 = 3.5', '3.5', 'marked'],
    ['The final answer is: $\\frac{1}{2}$. I hope it is correct.', '\\frac{1}{2}', 'marked'],
    ['**Answer:** x = 3', 'x = 3', 'marked'],
    ['Answer: \\(x+1\\) it is', 'x+1', 'marked'],
    ['The answer is 1. No, the answer is 2', '2', 'marked'],
    ['She has 3 apples and buys 4, so 7 apples.', '7', 'last number'],
    ['It costs $18.50.', '18.50', 'last number'],
    ['Together 1,234,567 people.', '1,234,567', 'last number'],
    ['That leaves -5', '-5', 'last number'],
    ['x = 10 - 3', '3', 'last number'],
    ['x = 10-3', '3', 'last number'],
    ['about 3/4 of it', '3/4', 'last number'],
    ['so \\frac{3}{4} of it', '\\frac{3}{4}', 'last number'],
    ['a rise of 25% or so', '25%', 'last number'],
    ['only .5 is left', '.5', 'last number'],
  ] as const)('of %j is %j (%s)', (completion, text, method) => {
    expect(extractAnswer(completion)).toEqual({ text, method });
  });

  it.each(['', 'I do not know.', '\\boxed{', 'the answer is'])('of %j is none', (completion) => {
    expect(extractAnswer(completion)).toBeNull();
  });

  it('is quick on long completions that never close a box', () => {
    expect(extractAnswer(`${'\\boxed{'.repeat(2000)} 7`)).toEqual({ text: '7', method: 'last number' });
    expect(extractAnswer(`${'\\boxed{1} '.repeat(50_000)}`)).toEqual({ text: '1', method: 'boxed' });
    expect(extractAnswer('-'.repeat(100_000))).toBeNull();
  });

  it('keeps the last number out of what is stated', () => {
    expect(statedAnswer('It is 7.')).toBeNull();
    expect(statedAnswer('It is \\boxed{7}.')).toEqual({ text: '7', method: 'boxed' });
  });
});
