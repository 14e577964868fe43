import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lasting } from '../experiments/cellResult.ts';
import { readResults } from '../experiments/results.ts';
import { headless, results, temporaryFolder } from './run.testing.ts';

const folder = await temporaryFolder();

const TINY = {
  name: 'tiny',
  base: { prompts: 2, group: 2, maxNewTokens: 16, sampler: { temperature: { rule: 'fixed', tau: 1 } } },
  arms: [{ name: 'fixed 1' }, { name: 'fixed 2', set: { sampler: { temperature: { tau: 2 } } } }],
  seeds: [3, 4, 5],
  steps: 3,
  evaluation: {
    every: 2,
    prompts: 3,
    n: 2,
    samplers: [
      { name: 'tau 1', sampler: { temperature: { rule: 'fixed', tau: 1 } } },
      { name: 'rule', sampler: 'rule' },
    ],
  },
};

let file: string;
const run = (out: string, ...more: string[]) => [
  'experiment',
  ...['--file', file, '--out', folder.at(out), '--backend', 'cpu', ...more],
];

/** What a results file holds, without what differs from one making to the next. */
async function merged(name: string, ...from: string[]) {
  const out = folder.at(`${name}.json`);
  const lines = await results('merge', '--from', from.map(folder.at).join(','), '--out', out);
  const { experiment, cells } = await readResults(new Uint8Array(await readFile(out)), out);
  return { lines, experiment, cells: cells.map(lasting) };
}

let whole: Awaited<ReturnType<typeof merged>>;

beforeAll(async () => {
  file = await folder.text('tiny.json', JSON.stringify(TINY));
  expect((await results(...run('whole'))).map((line) => (line as { state: string }).state)).toEqual(
    new Array<string>(6).fill('done'),
  );
  whole = await merged('whole', 'whole');
}, 120_000);

describe('experiment', () => {
  it('runs every arm with every seed, and tells evaluations and curves', () => {
    expect(whole.cells.map(({ arm, seed }) => [arm, seed])).toEqual([
      ['fixed 1', 3],
      ['fixed 2', 3],
      ['fixed 1', 4],
      ['fixed 2', 4],
      ['fixed 1', 5],
      ['fixed 2', 5],
    ]);
    for (const { evaluations, curve } of whole.cells) {
      expect(evaluations.map(({ step, name }) => [step, name])).toEqual(
        [0, 2, 3].flatMap((step) => [
          [step, 'tau 1'],
          [step, 'rule'],
        ]),
      );
      expect(evaluations[0]!.correct).toHaveLength(3);
      expect(curve.metrics['reward']).toHaveLength(3);
    }
  });

  it('gives all arms of a seed the same start, and other seeds other problems', () => {
    const starts = whole.cells.map(({ evaluations }) => JSON.stringify(evaluations[0]));
    expect(starts[0]).toBe(starts[1]);
    expect(starts[2]).toBe(starts[3]);
    expect(starts[0]).not.toBe(starts[2]);
    const [one, two] = whole.cells;
    expect(one!.curve).not.toEqual(two!.curve);
  });

  it('comes to the same in three shards, of which one was killed at some moment and run again', async () => {
    await results(...run('a', '--shard', '1/3'));
    await results(...run('b', '--shard', '2/3'));
    const shard = spawn(process.execPath, [path.resolve('scripts/headless.mjs'), ...run('c', '--shard', '3/3')], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    // 'close' comes when the process that the launcher started has let go of its output, too.
    const ended = once(shard, 'close');
    shard.stdout.resume();
    // Killed once its first run has begun to be written.
    for (let there: string[] = []; there.length === 0; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      there = (await readdir(folder.at('c'), { recursive: true }).catch(() => [])).filter((name) =>
        name.endsWith('evaluations.jsonl'),
      );
      if (shard.exitCode !== null) throw new Error('The shard ended before it could be killed.');
    }
    process.kill(-shard.pid!, 'SIGKILL');
    await ended;
    expect((await readdir(folder.at('c/cells')).catch(() => [])).length).toBeLessThan(2);
    await results(...run('c', '--shard', '3/3'));
    expect((await merged('shards', 'a', 'b', 'c')).cells).toEqual(whole.cells);
    expect(await readdir(folder.at('c/runs'))).toEqual([]);
  }, 120_000);

  it('makes no run twice', async () => {
    const states = (await results<{ state: string }>(...run('whole'))).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['there']));
  });

  it('stops between two stages at Ctrl-C, and goes on to the same result', async () => {
    let stopped = false;
    const stopAtOnce = setInterval(() => {
      void readdir(folder.at('stopped/runs')).then(
        (names) => {
          if (names.length === 0 || stopped) return;
          stopped = true;
          process.emit('SIGINT');
        },
        () => {},
      );
    }, 5);
    const first = await headless(...run('stopped'));
    clearInterval(stopAtOnce);
    expect(first.code).toBe(130);
    await results(...run('stopped'));
    expect((await merged('stopped', 'stopped')).cells).toEqual(whole.cells);
  }, 120_000);
});

describe('experiment and merge refuse, in one sentence and leaving all as it was,', () => {
  const sentence = async (...args: string[]) => {
    const { code, notes, out } = await headless(...args);
    expect(code).toBe(2);
    expect(out).toEqual([]);
    return notes.at(-1)!;
  };

  it('another experiment in a folder that has one', async () => {
    const other = await folder.text('other.json', JSON.stringify({ ...TINY, steps: 4 }));
    const before = await readFile(folder.at('whole/experiment.json'), 'utf8');
    expect(await sentence('experiment', '--file', other, '--out', folder.at('whole'))).toMatch(
      /holds another experiment: its steps is 3; another experiment needs another folder\.$/,
    );
    expect(await readFile(folder.at('whole/experiment.json'), 'utf8')).toBe(before);
  });

  it.each([
    ['{', /not valid JSON\.$/],
    ['{"name":"x","seeds":[0],"steps":1}', /arms is not accepted/],
    ['{"name":"x","arms":[{"name":"a","set":{"grup":2}}],"seeds":[0],"steps":1}', /a: grup is not accepted|a: .*grup/],
  ])('the definition %s', async (text, message) => {
    expect(
      await sentence('experiment', '--file', await folder.text('bad.json', text), '--out', folder.at('bad')),
    ).toMatch(message);
    await expect(readdir(folder.at('bad'))).rejects.toThrow('ENOENT');
  });

  it('no definition, two, and a preset that is none', async () => {
    const out = ['--out', folder.at('none')];
    expect(await sentence('experiment', ...out)).toBe('Either --file or --preset must be given.');
    expect(await sentence('experiment', '--file', file, '--preset', 'cost', ...out)).toBe(
      'Either --file or --preset must be given.',
    );
    expect(await sentence('experiment', '--preset', 'costs', ...out)).toMatch(
      /^There is no preset "costs"; the presets are .*robustness.*\.$/,
    );
  });

  it('a folder whose definition cannot be read', async () => {
    await cp(folder.at('whole/cells'), folder.at('odd/experiment.json'), { recursive: true });
    const before = await readdir(folder.at('odd/experiment.json'));
    expect(await sentence(...run('odd'))).toMatch(/experiment\.json cannot be read: it is a folder\.$/);
    expect(await readdir(folder.at('odd/experiment.json'))).toEqual(before);
  });

  it('a shard that is none', async () => {
    expect(await sentence(...run('none', '--shard', '4/3'))).toMatch(/^--shard takes i\/n/);
  });

  it('to merge what lacks runs, unless told to', async () => {
    await cp(folder.at('whole/experiment.json'), folder.at('part/experiment.json'));
    await cp(folder.at('whole/cells'), folder.at('part/cells'), { recursive: true });
    const [some] = await readdir(folder.at('part/cells'));
    await rm(folder.at(`part/cells/${some}`));
    const args = ['merge', '--from', folder.at('part'), '--out', folder.at('part.json')];
    expect(await sentence(...args)).toMatch(/^1 of 6 runs are missing: .*; --partial writes what is there\.$/);
    await expect(readFile(folder.at('part.json'))).rejects.toThrow('ENOENT');
    expect((await headless(...args, '--partial')).code).toBe(0);
  });

  it('a result of another experiment', async () => {
    const definition = JSON.parse(await readFile(folder.at('whole/experiment.json'), 'utf8'));
    await cp(folder.at('whole/cells'), folder.at('foreign/cells'), { recursive: true });
    await writeFile(folder.at('foreign/experiment.json'), JSON.stringify({ ...definition, seeds: [3, 4] }));
    expect(await sentence('merge', '--from', folder.at('foreign'), '--out', folder.at('foreign.json'))).toMatch(
      /is of another experiment than tiny\.$/,
    );
  });
});
