// A user's own problems through the commands that take them.

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { partOf } from '../tasks/split.ts';
import { headless, results, temporaryFolder } from './run.testing.ts';

const folder = await temporaryFolder();
const prompts = Array.from({ length: 60 }, (_, i) => `${1 + (i % 9)} ${1 + (i % 7)} ${1 + (i % 5)}>${10 + i}.`);
const own = await folder.lines('own.jsonl', ...prompts.map((prompt) => ({ prompt, answer: 7 })));
const config = await folder.text('c.json', '{"prompts":3,"group":4,"optimizer":{"learningRate":0.001}}');
const train = (out: string, steps: number, ...more: string[]) => [
  ...['train', '--config', config, '--backend', 'cpu', '--out', folder.at(out), '--steps', String(steps), ...more],
];

describe('--problems', () => {
  it('trains on what is not held out, and resumes on the same list only', async () => {
    const source = ['--problems', own, '--verifier', 'integer'];
    expect(await results(...train('run', 2, ...source))).toHaveLength(2);
    expect(await results(...train('run', 3, ...source, '--resume'))).toHaveLength(1);
    const lines = (await readFile(folder.at('run/rollouts.jsonl'), 'utf8')).trim().split('\n');
    const rollouts = lines.map((line) => JSON.parse(line));
    expect(rollouts).toHaveLength(36);
    for (const { prompt, completion, reward, role } of rollouts) {
      expect(prompts).toContain(prompt);
      expect(partOf(prompt)).toBe('training');
      expect(reward).toBe(/(^|[^\d])0*7\.$/.test(completion) ? 1 : 0);
      expect(role).toEqual(Array.from(completion, () => null));
    }
    // Nine groups, and no problem twice before each came once.
    expect(new Set(rollouts.map(({ prompt }) => prompt)).size).toBe(9);

    const { code, notes } = await headless(...train('run', 4, '--resume'));
    expect(code).toBe(2);
    expect(notes.at(-1)).toMatch(/belongs to a run on the problems own integer [0-9a-f]{16}, not three-numbers\.$/);
    const [line] = await results<{ difficulty: string; prompts: number }>(
      ...['evaluate', '--model', folder.at('run/checkpoints/step-3'), '--task', 'countdown', '--backend', 'cpu'],
      ...['--n', '4', ...source],
    );
    expect(line!.difficulty).toMatch(/^own integer /);
    expect(line!.prompts).toBe(prompts.filter((prompt) => partOf(prompt) === 'held-out').length);
  });

  it('is refused where nothing may be trained on, or the file is no text', async () => {
    const held = prompts.filter((prompt) => partOf(prompt) === 'held-out');
    const none = await folder.lines('none.jsonl', ...held.map((prompt) => ({ prompt, answer: 7 })));
    const { code, notes } = await headless(...train('none', 1, '--problems', none));
    expect([code, notes.at(-1)]).toEqual([
      2,
      `${none}: Every prompt of the list is held out of training by its hash (about one in eight is), so nothing can be trained on: add more problems.`,
    ]);
    const bytes = await folder.tensors('bytes.jsonl', { a: { shape: [1], data: Float32Array.of(-1e-20) } });
    const binary = await headless(...train('none', 1, '--problems', bytes));
    expect([binary.code, binary.notes.at(-1)]).toEqual([2, `${bytes}: it is not valid UTF-8 text.`]);
  });
});
