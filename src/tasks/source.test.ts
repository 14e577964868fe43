import { describe, expect, it } from 'vitest';
import { taskByName } from './index.ts';
import { taskSource } from './source.ts';
import { partOf } from './split.ts';

const countdown = taskByName('countdown');

describe('taskSource', () => {
  it('poses the same problem for the same part, seed and index, on that part of the split', () => {
    const source = taskSource(countdown, 'three-numbers');
    for (const part of ['training', 'held-out'] as const)
      for (let index = 0; index < 50; index++) {
        const problem = source.problem(part, 7, index);
        expect(partOf(problem.prompt)).toBe(part);
        expect(taskSource(countdown, 'three-numbers').problem(part, 7, index).prompt).toBe(problem.prompt);
      }
    expect(source.problem('training', 8, 0).prompt).not.toBe(source.problem('training', 7, 0).prompt);
  });

  it('judges and labels completions of its problem', () => {
    const problem = taskSource(countdown, 'three-numbers').problem('training', 1, 0);
    expect(problem.verify('?').reward).toBe(0);
    expect(problem.roles('?')).toEqual([null]);
  });

  it('names the difficulties there are', () => {
    expect(() => taskSource(countdown, 'toString')).toThrow(
      'Countdown has no difficulty "toString"; it has three-numbers, four-numbers.',
    );
  });
});
