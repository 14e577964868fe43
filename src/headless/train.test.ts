// `train` on the shipped base of Countdown: what it writes, how it stops and goes on, and what it refuses.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Files, linesOf, timeless } from '../grpo/runLog.testing.ts';
import { headless, results, temporaryFolder } from './run.testing.ts';
import { runHeadless } from './run.ts';

const folder = await temporaryFolder();
const SETTINGS = {
  prompts: 4,
  group: 4,
  checkpointEvery: 2,
  sampler: { queue: { keep: true } },
  optimizer: { learningRate: 1e-3 },
};
const config = await folder.text('c.json', JSON.stringify(SETTINGS));
const args = (out: string, steps: number, ...more: string[]) => [
  ...['train', '--config', config, '--backend', 'cpu'],
  ...['--out', folder.at(out), '--steps', String(steps), ...more],
];

async function filesOf(out: string): Promise<Files> {
  const files: Files = new Map();
  for (const entry of await readdir(folder.at(out), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.set(path.relative(folder.at(out), file), new Uint8Array(await readFile(file)));
  }
  return files;
}

const STEPS = 5;
const CHANGE = ['--change', '3:high=1.5,3:low=0.9'];
const printed = await results<Record<string, number | null>>(...args('whole', STEPS, ...CHANGE));
const whole = await filesOf('whole');

describe('train', () => {
  it('prints what metrics.jsonl holds', () => {
    expect(printed).toEqual(linesOf(whole.get('metrics.jsonl')));
    expect(printed.map((row) => row['step'])).toEqual([0, 1, 2, 3, 4]);
    expect(printed.map((row) => row['temperature/high'])).toEqual([1.2, 1.2, 1.2, 1.5, 1.5]);
    expect(printed.some((row) => (row['grad_norm'] ?? 0) > 0)).toBe(true);
  });

  it('writes the run down, with checkpoints that other commands read', async () => {
    expect([...whole.keys()].filter((file) => !file.includes('/')).sort()).toEqual([
      'annotations.jsonl',
      'latest.json',
      'metrics.jsonl',
      'rollouts.jsonl',
      'run.json',
    ]);
    const folders = [...whole.keys()].flatMap((file) => /^checkpoints\/(.*)\/config.json$/.exec(file)?.[1] ?? []);
    expect(folders.sort()).toEqual(['step-0', 'step-2', 'step-4', 'step-5']);
    const tokens = await folder.lines('t.jsonl', { ids: [1, 2, 3] });
    const model = folder.at('whole/checkpoints/step-4');
    expect(await results('score', '--model', model, '--tokens', tokens, '--backend', 'cpu')).toHaveLength(1);
    const run = JSON.parse(new TextDecoder().decode(whole.get('run.json')));
    expect(run).toMatchObject({
      name: 'countdown prompts=4 group=4 capacity=100000 learningRate=0.001 checkpointEvery=2',
      identity: { source: 'three-numbers', backend: 'cpu', config: SETTINGS },
    });
  });

  it('starts from a preset, which the config goes before', async () => {
    const [row] = await results<Record<string, number>>(
      ...args('preset', 1, '--preset', 'authors-token', '--seed', '7'),
    );
    const { identity } = JSON.parse(await readFile(folder.at('preset/run.json'), 'utf8'));
    expect(identity.config).toMatchObject({ seed: 7, prompts: 4, loss: { variant: 'dapo', dualClip: 10 } });
    // The config's sampler stands in the place of the preset's.
    expect(row?.['temperature/high']).toBe(1.2);
    expect(await results(...args('preset', 2, '--preset', 'authors-token', '--seed', '7', '--resume'))).toHaveLength(1);
  });

  it('gives the same run for the same settings', async () => {
    await results(...args('again', STEPS, ...CHANGE));
    expect(timeless(await filesOf('again'))).toEqual(timeless(whole));
  });

  it('goes on to more steps as if it had never ended', async () => {
    await results(...args('longer', 3));
    expect(await results(...args('longer', STEPS, ...CHANGE, '--resume'))).toHaveLength(STEPS - 3);
    expect(timeless(await filesOf('longer'))).toEqual(timeless(whole));
    expect((await headless(...args('longer', STEPS, '--resume'))).notes).toContain(
      `The run in ${folder.at('longer')} has 5 steps already.`,
    );
  });

  it('asked to stop in the middle of a stage, saves, exits with 130, and goes on from there', async () => {
    const notes: string[] = [];
    const code = await runHeadless(args('stopped', STEPS, ...CHANGE), {
      result: async () => {
        // The handler that a Ctrl-C would reach.
        process.emit('SIGINT');
      },
      note: (line) => notes.push(line),
    });
    expect(code).toBe(130);
    expect(notes.slice(-2)).toEqual([
      'Stopped and saved in step 1, before collect; --resume goes on from there.',
      'Interrupted.',
    ]);
    await results(...args('stopped', STEPS, ...CHANGE, '--resume'));
    expect(timeless(await filesOf('stopped'))).toEqual(timeless(whole));
  });

  it('stops the same way by a Ctrl-C in a terminal, which every process of the command hears', async () => {
    const command = ['scripts/headless.mjs', ...args('signalled', 1000)];
    const child: ChildProcess = spawn(process.execPath, command, { detached: true });
    await once(child.stdout!, 'data');
    process.kill(-child.pid!, 'SIGINT');
    const [code] = await once(child, 'close');
    expect(code).toBe(130);
    const rows = linesOf((await filesOf('signalled')).get('metrics.jsonl'));
    expect(rows.length).toBeGreaterThan(0);
    const more = await results(...args('signalled', rows.length + 1, '--resume'));
    expect(more.at(-1)).toMatchObject({ step: rows.length });
  });

  it("learns from problems of one's own, and goes on with the same list only", async () => {
    const lines = ['3 5 7>22.', '2 2 9>13.', '1 4 6>10.', '2 3 8>14.', '5 6 7>18.'].map((prompt) => ({
      prompt,
      answer: /\d+(?=\.)/.exec(prompt)![0],
    }));
    const list = await folder.lines('own.jsonl', ...lines);
    const shorter = await folder.lines('shorter.jsonl', ...lines.slice(1));
    await results(...args('own', 1, '--problems', list, '--verifier', 'integer'));
    const prompts = linesOf((await filesOf('own')).get('rollouts.jsonl')).map(
      (one) => (one as { prompt: string }).prompt,
    );
    expect(lines.map(({ prompt }) => prompt)).toEqual(expect.arrayContaining(prompts));
    const more = (...flags: string[]) => headless(...args('own', 2, '--resume', ...flags));
    for (const flags of [[], ['--problems', shorter, '--verifier', 'integer'], ['--problems', list]]) {
      const { code, notes } = await more(...flags);
      expect(code).toBe(2);
      expect(notes.at(-1)).toMatch(
        /^The checkpoint belongs to a run on the problems own integer [0-9a-f]{16}, not .*\.$/,
      );
    }
    expect((await more('--problems', list, '--verifier', 'integer')).code).toBe(0);
  });

  it('goes on from a folder as a crash leaves it', async () => {
    // Killed after the save at step 4: a step further, the last line torn, a checkpoint half written.
    await cp(folder.at('whole'), folder.at('killed'), { recursive: true });
    const at = (name: string) => folder.at(`killed/${name}`);
    const rows = linesOf(whole.get('metrics.jsonl')).slice(0, 4);
    const rollouts = new TextDecoder().decode(whole.get('rollouts.jsonl'));
    const saved = rollouts.indexOf('{"version":1,"task":"countdown","step":4');
    const bytes = {
      'metrics.jsonl': rows.map((row) => JSON.stringify(row).length + 1).reduce((a, b) => a + b),
      'rollouts.jsonl': saved,
    };
    await writeFile(
      at('latest.json'),
      JSON.stringify({ version: 1, step: 4, stage: 'collect', folder: 'step-4', bytes }),
    );
    await writeFile(at('rollouts.jsonl'), rollouts.slice(0, saved + 5000));
    await rm(at('checkpoints/step-5/model.safetensors'));
    expect(await results(...args('killed', STEPS, ...CHANGE, '--resume'))).toHaveLength(1);
    expect(timeless(await filesOf('killed'))).toEqual(timeless(whole));
  });
});

describe('train refuses', () => {
  it.each<[string[], string | RegExp]>([
    [args('whole', 5), 'WHOLE: There is a run already (run.json); resume it, or choose another place.'],
    [args('none', 5, '--resume'), 'NONE: There is no run (run.json).'],
    [
      args('whole', 9, '--resume', '--seed', '3'),
      'The run in WHOLE has seed 0, but 3 is asked for; another run needs another folder.',
    ],
    [
      args('whole', 9, '--resume', '--task', 'parity'),
      'The run in WHOLE has task "countdown", but "parity" is asked for; another run needs another folder.',
    ],
    [
      args('whole', 9, '--resume', '--rollouts', '2'),
      'The run in WHOLE has --rollouts 1, but 2 is asked for; another run needs another folder.',
    ],
    [args('whole', 9, '--resume', '--change', '3:high=1.4'), '--change names step 3, which has begun already.'],
    [args('new', 5, '--change', '5:high=1.4'), '--change names step 5, but the last of 5 steps is 4.'],
    [args('new', 5, '--change', '2:tau=1.4'), 'The binary rule has high and low to change, not tau.'],
    [
      args('new', 5, '--change', '2:heat=1.4'),
      '--change takes STEP:NAME=NUMBER, NAME being one of high, low, tau, threshold, queueCapacity, learningRate, with commas between several, but it holds "2:heat=1.4".',
    ],
    [args('new', 5, '--change', '2:low=1,2:low=2'), '--change sets low before step 2 twice.'],
    [args('new', 5, '--task', 'chess'), /^.*c\.json: task is not accepted: /],
    [
      args('new', 5, '--preset', 'best'),
      'There is no preset "best"; the presets are ours, paper, authors-mixture, authors-token, dapo, archer, archer-token, 80/20.',
    ],
    [args('new', 5, '--model', '/no/such'), '/no/such cannot be read: it is not there.'],
    [args('new', 0), '--steps takes a whole number from 1 to 9007199254740991, but it is "0".'],
  ])('%j', async (line, sentence) => {
    const { code, notes } = await headless(...line);
    expect(code).toBe(2);
    if (typeof sentence === 'string')
      expect(notes.at(-1)).toBe(sentence.replace('WHOLE', folder.at('whole')).replace('NONE', folder.at('none')));
    else expect(notes.at(-1)).toMatch(sentence);
  });

  it('other weights than the run started from', async () => {
    const model = folder.at('whole/checkpoints/step-4');
    const { code, notes } = await headless(...args('whole', 9, '--resume', '--model', model));
    expect([code, notes.at(-1)]).toEqual([
      2,
      `The run in ${folder.at('whole')} started from other weights than those of ${model}.`,
    ]);
  });

  it('settings that differ from those it began with, naming the first', async () => {
    const other = await folder.text('d.json', JSON.stringify({ ...SETTINGS, group: 6, prompts: 5 }));
    const { code, notes } = await headless(
      'train',
      '--config',
      other,
      '--out',
      folder.at('whole'),
      '--steps',
      '9',
      '--resume',
    );
    expect([code, notes]).toEqual([
      2,
      [`The run in ${folder.at('whole')} has prompts 4, but 5 is asked for; another run needs another folder.`],
    ]);
  });
});
