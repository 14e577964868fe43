import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBaseRecord, sha256Hex } from '../grpo/baseRecord.ts';
import { Interrupted, withInterrupt } from './interrupt.ts';
import { readModel } from './modelFolder.ts';
import { headless, results, temporaryFolder } from './run.testing.ts';

const folder = await temporaryFolder();
const tiny = await folder.text(
  'tiny.json',
  JSON.stringify({
    batch: 4,
    warmupSteps: 1,
    initialDeviation: 0.02,
    policy: { layers: 1, width: 16, heads: 2, kvHeads: 2, mlpWidth: 16 },
  }),
);

function pretrain(out: string, ...more: string[]): string[] {
  return ['pretrain', '--task', 'derivative', '--out', out, '--config', tiny, '--backend', 'cpu', ...more];
}

async function base(out: string) {
  return readBaseRecord(await readFile(path.join(out, 'base.json')));
}

/** The text of a model card. */
function card(out: string): Promise<string> {
  return readFile(path.join(out, 'README.md'), 'utf8');
}

describe('pretrain', () => {
  it('writes a checkpoint, and tells what made it', async () => {
    const out = folder.at('whole');
    const [printed] = await results(...pretrain(out, '--steps', '3', '--seed', '4', '--n', '0'));
    const record = await base(out);
    expect(printed).toEqual(record);
    expect(record.config).toMatchObject({ task: 'derivative', difficulty: 'three-terms', steps: 3, batch: 4, seed: 4 });
    expect(record).toMatchObject({ stepsTaken: 3, engine: { backend: 'cpu' }, figures: [] });
    const weights = await readFile(path.join(out, 'model.safetensors'));
    expect(record.weightsSha256).toBe(await sha256Hex(Uint8Array.from(weights)));

    const model = await readModel(out);
    expect(model.tokenizer?.decode(model.generation.stopTokens)).toBe('.');
    expect(model.tokenizer?.encode('3x^2>6x.')).toHaveLength(8);
    expect(await card(out)).toContain(record.weightsSha256);
    expect(await card(out)).toContain('pretrain --task derivative --out DIR --backend cpu --config FILE');
  });

  it('makes the same bytes from the same settings, also from those of a base.json', async () => {
    const first = folder.at('first');
    await results(...pretrain(first, '--steps', '2', '--n', '0'));
    const settings = await folder.text('settings.json', JSON.stringify((await base(first)).config));
    const again = folder.at('again');
    await results(
      'pretrain',
      '--task',
      'derivative',
      '--out',
      again,
      '--config',
      settings,
      '--backend',
      'cpu',
      '--n',
      '0',
    );
    expect((await base(again)).weightsSha256).toBe((await base(first)).weightsSha256);
  });

  it('measures what it made', async () => {
    const out = folder.at('measured');
    await results(...pretrain(out, '--steps', '1', '--n', '16', '--prompts', '5'));
    const { figures } = await base(out);
    expect(figures.map(({ tau }) => tau)).toEqual([1, 0.6]);
    for (const { n, prompts, pass, outcomes, entropyNats, greedy } of figures) {
      expect(Object.keys(pass)).toEqual(['1', '16']);
      expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(n * prompts);
      // Nothing is learned yet: the 17 tokens are nearly alike, and none of them makes sense.
      expect(entropyNats.fork).toBeGreaterThan(0.9 * Math.log(17));
      expect(greedy).toBe(0);
    }
    expect(await card(out)).toMatch(/^\| pass@1 \| 0\.0 % \| 0\.0 % \|$/m);
    expect(await card(out)).toMatch(
      /^ {4}npm run headless -- evaluate .*--n 16 --k 1,16 --tau 1,0\.6 --prompts 5 --seed 0$/m,
    );
  });

  it('stops at Ctrl-C with what it has', async () => {
    const out = folder.at('stopped');
    const running = headless(...pretrain(out, '--steps', '100000', '--n', '0'));
    // Listening begins before the first step, which takes far longer than nothing.
    while (process.listenerCount('SIGINT') === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    process.emit('SIGINT');
    const { code, notes, out: printed } = await running;
    expect(code).toBe(130);
    expect(printed).toEqual([]);
    const record = await base(out);
    expect(record.stepsTaken).toBeLessThan(100_000);
    expect(notes.join('\n')).toContain(`Stopped after ${record.stepsTaken} of 100000 steps; ${out} holds them.`);
    expect(await card(out)).toContain('**The run was interrupted**');
    expect((await stat(path.join(out, 'model.safetensors'))).size).toBeGreaterThan(0);
  });

  it.each<[string[], string]>([
    [['--task', 'chess'], 'task is not accepted'],
    [
      ['--task', 'parity', '--difficulty', 'none'],
      'parity has sixteen-bits, twenty-four-bits, thirty-two-bits, not "none"',
    ],
    [['--task', 'parity', '--steps', '0'], '--steps takes a whole number from 1'],
  ])('refuses %j with one sentence', async (args, sentence) => {
    const { code, notes } = await headless('pretrain', '--out', folder.at('never'), ...args);
    expect(code).toBe(2);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(sentence);
  });

  it('refuses to write over a model, before it trains', async () => {
    const out = folder.at('whole');
    const { code, notes } = await headless(...pretrain(out, '--steps', '1', '--n', '0'));
    expect(code).toBe(2);
    expect(notes).toEqual([`${out} already holds a model (model.safetensors); --replace writes over it.`]);
  });
});

describe('withInterrupt', () => {
  it('returns what the run returns, and listens no longer', async () => {
    expect(await withInterrupt(async (signal) => signal.aborted)).toBe(false);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it('lets the run end, then says that it was interrupted, whether the run returned or threw for that', async () => {
    let saved = false;
    const returning = withInterrupt(async (signal) => {
      process.emit('SIGINT');
      saved = signal.aborted;
    });
    await expect(returning).rejects.toBeInstanceOf(Interrupted);
    expect(saved).toBe(true);
    const throwing = withInterrupt(async () => {
      process.emit('SIGINT');
      throw new DOMException('stopped', 'AbortError');
    });
    await expect(throwing).rejects.toBeInstanceOf(Interrupted);
  });

  it('passes on every other failure', async () => {
    const failing = withInterrupt(async () => {
      process.emit('SIGINT');
      throw new RangeError('the disk is full');
    });
    await expect(failing).rejects.toThrow('the disk is full');
  });
});
