import { describe, expect, it } from 'vitest';
import { loadJudge } from './problem.ts';
import { WRITTEN_PROBLEMS } from './writtenProblems.ts';

const judge = await loadJudge();

describe('the problems of this project', () => {
  it.each(['arithmetic', 'algebra', 'geometry', 'calculus'])(
    'are at least 15 of %s, of rising difficulty',
    (domain) => {
      const levels = WRITTEN_PROBLEMS.filter((problem) => problem.domain === domain).map(({ level }) => level!);
      expect(levels.length).toBeGreaterThanOrEqual(15);
      expect(levels).toEqual(levels.toSorted((a, b) => a - b));
      expect(new Set(levels).size).toBeGreaterThanOrEqual(4);
    },
  );

  it('differ from one another, and keep their dollar signs and braces in pairs', () => {
    for (const field of ['id', 'prompt'] as const)
      expect(new Set(WRITTEN_PROBLEMS.map((problem) => problem[field])).size).toBe(WRITTEN_PROBLEMS.length);
    for (const { prompt, answer } of WRITTEN_PROBLEMS) {
      expect(prompt.split('$').length % 2, prompt).toBe(1);
      for (const text of [prompt, answer]) expect(text.split('{').length, text).toBe(text.split('}').length);
    }
  });

  it.each(WRITTEN_PROBLEMS)('$id takes its answer and no other', (problem) => {
    expect(judge(problem, `So it is $\\boxed{${problem.answer}}$.`).reward).toBe(1);
    expect(judge(problem, `The answer is $${problem.answer}$.`).reward).toBe(1);
    const others = WRITTEN_PROBLEMS.filter(({ answer }) => answer !== problem.answer).map(({ answer }) => answer);
    const taken = [...others, '12345', '0.001', 'x', '\\text{unknown}'].filter(
      (other) => judge(problem, `\\boxed{${other}}`).reward === 1,
    );
    expect(taken).toEqual([]);
  });
});
