import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tasks } from './index.ts';
import { randomSource } from './random.ts';
import { drawProblem, partOf } from './split.ts';

describe('the held-out split', () => {
  it('knows a prompt by its text alone, for ever: these sides must not change', () => {
    const targets = Array.from({ length: 60 }, (_, target) => target);
    // The same hash, written a second time in Python.
    expect(targets.filter((target) => partOf(`3 5 7>${target}.`) === 'held-out')).toEqual([
      2, 5, 12, 16, 24, 30, 33, 38, 41, 44, 45, 54, 57,
    ]);
  });

  it('gives any text a side', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['training', 'held-out']).toContain(partOf(text));
        expect(partOf(text)).toBe(partOf(text));
      }),
    );
  });

  it('says which side a task has no problem on', () => {
    const only = { name: 'only', generate: () => 0, promptOf: () => 'the only prompt' };
    const missing = partOf('the only prompt') === 'training' ? 'held-out' : 'training';
    expect(() => drawProblem(only, 'any', missing, randomSource(0, 0))).toThrow(RangeError);
  });

  describe.each(tasks)('of $name', (task) => {
    it('keeps every held-out prompt out of training, at every difficulty', () => {
      for (const difficulty of Object.keys(task.difficulties)) {
        const draw = (part: 'training' | 'held-out', seed: number) =>
          Array.from({ length: 100 }, (_, index) =>
            task.promptOf(drawProblem(task, difficulty, part, randomSource(seed, index))),
          );
        const training = new Set(draw('training', 1));
        const heldOut = draw('held-out', 2);
        expect(heldOut.filter((prompt) => training.has(prompt))).toEqual([]);
        // What tells them apart is the prompt, not the seed: the same seed leaks nothing either.
        expect(draw('held-out', 1).filter((prompt) => training.has(prompt))).toEqual([]);
      }
    });

    it('holds out about one prompt in eight', () => {
      const [difficulty] = Object.keys(task.difficulties);
      const prompts = new Set(
        Array.from({ length: 2000 }, (_, index) => task.promptOf(task.generate(difficulty!, randomSource(3, index)))),
      );
      const heldOut = [...prompts].filter((prompt) => partOf(prompt) === 'held-out').length;
      // Four standard deviations of a count of independent sides.
      const deviation = Math.sqrt(prompts.size * (1 / 8) * (7 / 8));
      expect(Math.abs(heldOut - prompts.size / 8)).toBeLessThan(4 * deviation);
    });

    it('draws the same problem from the same seed', () => {
      const draw = () =>
        task.promptOf(drawProblem(task, Object.keys(task.difficulties)[0]!, 'held-out', randomSource(5, 7)));
      expect(draw()).toBe(draw());
    });
  });
});
