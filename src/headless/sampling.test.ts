import { beforeAll, describe, expect, it } from 'vitest';
import { jsonBytes } from '../policy/strictJson.ts';
import { ReferenceSampler } from '../reference/sampler.ts';
import { parseSamplerConfig } from '../temperature/config.ts';
import { philox4x32 } from '../temperature/philox.ts';
import { float } from './numbers.ts';
import { headless, results, temporaryFolder, tinyModel } from './run.testing.ts';

const folder = await temporaryFolder();
let model: string;
beforeAll(async () => {
  model = await tinyModel(folder);
});

/** Logits in [-4, 4) that are the same everywhere. */
function someLogits(count: number): Float32Array {
  const words = new Uint32Array(4);
  return Float32Array.from({ length: count }, (_, i) => {
    philox4x32(words, i, 0, 0, 0, 1, 2);
    return words[0]! / 2 ** 29 - 4;
  });
}

interface Step {
  step: number;
  row: number;
  token: number;
  entropy: number;
  threshold: number | null;
  queue: number;
  hot: number;
  tau: number;
  logpTau: number;
  logp1: number;
}

describe('sample', () => {
  const [steps, rows, vocabulary] = [6, 4, 19];
  const data = someLogits(steps * rows * vocabulary);
  const settings = {
    queue: { capacity: 10, scope: 'prompt', order: 'threshold-first' },
    temperature: { rule: 'rank', high: 1.4, low: 0.7 },
    ladder: { offsets: [0, 0.2] },
    truncation: { topP: 0.9 },
  };
  const sampleOn = async (backend: string, ...more: string[]) => {
    const logits = await folder.tensors('l.safetensors', { logits: { shape: [steps, rows, vocabulary], data } });
    const config = await folder.lines('c.json', settings);
    return results<Step>('sample', '--logits', logits, '--config', config, '--backend', backend, ...more);
  };
  const sample = (...more: string[]) => sampleOn('reference', ...more);

  it('runs the sampler step by step, every row a rollout of one prompt', async () => {
    const reference = new ReferenceSampler(parseSamplerConfig(settings), { group: [0, 0, 0, 0], seed: 9, stream: 2 });
    const expected: Step[] = [];
    for (let step = 0; step < steps; step++) {
      const logits = Array.from({ length: rows }, (_, row) => {
        const at = (step * rows + row) * vocabulary;
        return data.subarray(at, at + vocabulary);
      });
      for (const r of reference.step(logits, [true, true, true, true]))
        expected.push({
          step,
          row: r.row,
          token: r.token,
          entropy: float(r.entropyNats)!,
          threshold: float(r.thresholdNats),
          queue: r.queueLength,
          hot: r.hot,
          tau: float(r.tau)!,
          logpTau: float(r.logpTau)!,
          logp1: float(r.logp1)!,
        });
    }
    const lines = await sample('--seed', '9', '--stream', '2');
    expect(lines).toEqual(expected);
    expect(lines[0]).toMatchObject({ step: 0, row: 0, threshold: null, queue: 0, tau: 1.4 });
    expect(lines.at(-1)!.queue).toBe(10);
  });

  it('does the same on the CPU as in the oracle', async () => {
    const [oracle, cpu] = [await sample('--seed', '6'), await sampleOn('cpu', '--seed', '6')];
    expect(cpu.map((line) => Object.keys(line))).toEqual(oracle.map((line) => Object.keys(line)));
    for (const [i, line] of cpu.entries())
      for (const [field, value] of Object.entries(line)) {
        const expected = oracle[i]![field as keyof Step];
        if (value === null || expected === null) expect(value).toBe(expected);
        else expect(value, `${field} of line ${i + 1}`).toBeCloseTo(expected, 5);
      }
  });

  it('depends on the seed and the stream only', async () => {
    const tokens = async (...more: string[]) => (await sample(...more)).map((line) => line.token).join();
    expect(await tokens('--seed', '3')).toBe(await tokens('--seed', '3'));
    expect(new Set([await tokens(), await tokens('--seed', '3'), await tokens('--stream', '1')]).size).toBe(3);
  });

  it('takes argmax at temperature 0 and never a token that is ruled out', async () => {
    const ruledOut = Float32Array.of(1, 3, -Infinity, 2, -Infinity, -Infinity, -Infinity, 0);
    const bytes = new Uint8Array(ruledOut.buffer);
    const header = new TextEncoder().encode(
      JSON.stringify({ logits: { dtype: 'F32', shape: [2, 1, 4], data_offsets: [0, bytes.length] } }),
    );
    const file = new Uint8Array([
      ...new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer),
      ...header,
      ...bytes,
    ]);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(folder.at('out.safetensors'), file);
    const greedy = await folder.lines('greedy.json', { temperature: { rule: 'fixed', tau: 0 } });
    const lines = await results<Step>(
      'sample',
      '--logits',
      folder.at('out.safetensors'),
      '--config',
      greedy,
      '--backend',
      'reference',
    );
    expect(lines.map(({ token, tau, logpTau }) => ({ token, tau, logpTau }))).toEqual([
      { token: 1, tau: 0, logpTau: 0 },
      { token: 3, tau: 0, logpTau: 0 },
    ]);
  });

  it.each<[string, number[], number, string]>([
    ['x', [1, 1, 2], 2, 'the tensor logits is missing.'],
    ['logits', [2, 2], 4, 'the tensor logits has shape [2,2], but [steps, rows, V] is expected.'],
    ['logits', [1, 2, 0], 0, 'the tensor logits has shape [1,2,0], but [steps, rows, V] is expected.'],
  ])('refuses a tensor %s of shape %j', async (name, shape, count, why) => {
    const logits = await folder.tensors('bad.safetensors', { [name]: { shape, data: new Float32Array(count) } });
    const { code, notes } = await headless('sample', '--logits', logits, '--backend', 'reference');
    expect([code, notes]).toEqual([2, [`${logits}: ${why}`]]);
  });

  it.each<[unknown, string]>([
    [
      { temperature: { rule: 'fixed', tau: -1 } },
      'temperature.tau is not accepted: a temperature must not be negative.',
    ],
    [
      { queue: { capacity: 100_001 } },
      'queue.capacity is not accepted: Invalid value: Expected <=100000 but received 100001.',
    ],
    [{ qeue: {} }, 'qeue is not accepted: Invalid key: Expected never but received "qeue".'],
  ])('refuses the settings %j', async (bad, why) => {
    const logits = await folder.tensors('l1.safetensors', { logits: { shape: [1, 1, 2], data: new Float32Array(2) } });
    const config = await folder.lines('bad.json', bad);
    const { code, notes } = await headless('sample', '--logits', logits, '--config', config, '--backend', 'reference');
    expect([code, notes]).toEqual([2, [`${config}: ${why}`]]);
  });
});

interface Line {
  prompt: string | number[];
  group: number;
  row: number;
  text: string | null;
  ids: number[];
  finished: boolean;
  entropy: number[];
  tau: number[];
  logpTau: number[];
  logp1: number[];
  hot: number[];
  queue: number[];
}

describe('generate', () => {
  const generate = async (prompts: string, ...more: string[]) =>
    results<Line>(
      ...['generate', '--model', model, '--prompts', await folder.text('p.txt', prompts), '--max-tokens', '8'],
      ...['--backend', 'reference', ...more],
    );

  it('rolls out each prompt G times and gives the same tokens for the same seed', async () => {
    const config = await folder.lines('g.json', { sampler: { ladder: { offsets: [-0.2, 0.2] } }, rollouts: 3 });
    const lines = await generate('12\n[4, 5, 6]\n', '--config', config, '--seed', '4');
    expect(lines.map(({ prompt, group, row }) => ({ prompt, group, row }))).toEqual([
      ...[0, 1, 2].map((row) => ({ prompt: '12', group: 0, row })),
      ...[3, 4, 5].map((row) => ({ prompt: [4, 5, 6], group: 1, row })),
    ]);
    expect(await generate('12\n[4, 5, 6]\n', '--config', config, '--seed', '4')).toEqual(lines);
    const other = await generate('12\n[4, 5, 6]\n', '--config', config, '--seed', '5');
    expect(other.map((line) => line.ids)).not.toEqual(lines.map((line) => line.ids));
    const first = [lines[0]!, lines[1]!, lines[2]!].map((line) => line.tau[0]! + (line.hot[0] ? -1.2 : -1));
    expect(first.map((shift) => Math.round(shift * 1e6) / 1e6)).toEqual([-0.2, 0.2, -0.2]);
  });

  it('records log-probs that score finds again, and text that its ids stand for', async () => {
    for (const line of await generate('12\n[4, 5, 6]\n', '--rollouts', '2')) {
      const promptIds =
        typeof line.prompt === 'string' ? [...line.prompt].map((digit) => Number(digit) + 2) : line.prompt;
      const file = await folder.lines('again.jsonl', {
        ids: [...promptIds, ...line.ids],
        tau: [...promptIds.map(() => 1), ...line.tau],
      });
      const [scores] = await results<{ logp1: number[]; logpTau: number[]; entropy: number[] }>(
        ...['score', '--model', model, '--tokens', file, '--backend', 'reference'],
      );
      for (const key of ['logp1', 'logpTau', 'entropy'] as const) {
        const found = scores![key].slice(promptIds.length - 1);
        expect(found).toHaveLength(line[key].length);
        for (const [i, value] of found.entries()) expect(value).toBeCloseTo(line[key][i]!, 5);
      }
      expect(line.text).toBe(
        line.ids
          .filter((id) => id >= 2)
          .map((id) => id - 2)
          .join(''),
      );
      expect(line.finished).toBe(line.ids.at(-1) === 1);
      expect(line.ids.length).toBe(line.finished ? line.ids.indexOf(1) + 1 : 8);
    }
  });

  it('gives batches noise of their own and numbers rows through', async () => {
    const lines = await generate('12\n12\n12\n', '--rollouts', '2', '--batch-rows', '4');
    expect(lines.map((line) => line.row)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(lines.map((line) => line.group)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(lines[4]!.ids).not.toEqual(lines[0]!.ids);
    // The second batch began with an empty queue.
    expect(lines.map((line) => line.queue[0])).toEqual([4, 4, 4, 4, 2, 2]);
    const second = await generate('12\n', '--rollouts', '2', '--stream', '1');
    expect(second.map((line) => line.ids)).toEqual([lines[4]!.ids, lines[5]!.ids]);
  });

  it('goes without a tokenizer when prompts are ids', async () => {
    const foreign = await tinyModel(folder, 'foreign');
    await folder.text('foreign/tokenizer.json', new TextDecoder().decode(jsonBytes({ model: { type: 'BPE' } })));
    const run = async (prompts: string) =>
      headless(
        'generate',
        '--model',
        foreign,
        '--prompts',
        await folder.text('f.txt', prompts),
        '--max-tokens',
        '2',
        '--backend',
        'reference',
      );
    const ids = await run('[2,3]\n');
    expect(ids.code).toBe(0);
    expect(JSON.parse(ids.out[0]!)).toMatchObject({ prompt: [2, 3], text: null });
    const text = await run('[2,3]\n12\n');
    expect(text.code).toBe(2);
    expect(text.notes.at(-1)).toMatch(
      /f\.txt line 2: the prompt is text, but there is no tokenizer to read it with \(tokenizer\.json: model\.type is "BPE".*\); give a JSON array of ids\.$/,
    );
  });

  it.each<[string, string]>([
    ['1+2', 'line 1: The character "+" at position 1 is not in the alphabet "0123456789".'],
    ['1\n\n', 'line 2: the prompt is empty.'],
    ['[2, 77]', 'line 1: ids[1] is 77, but this model has 12 tokens (0 to 11).'],
    [
      '1234567890123456789',
      'line 1: 19 prompt tokens and --max-tokens 8 make more than the 24 positions of this model.',
    ],
  ])('refuses the prompts %j', async (prompts, why) => {
    const file = await folder.text('bad.txt', prompts);
    const { code, notes } = await headless(
      'generate',
      '--model',
      model,
      '--prompts',
      file,
      '--max-tokens',
      '8',
      '--backend',
      'reference',
    );
    expect([code, notes.at(-1)]).toEqual([2, `${file} ${why}`]);
  });

  it('refuses an empty file and settings of a wrong shape', async () => {
    const empty = await folder.text('empty.txt', '');
    const run = (...more: string[]) =>
      headless('generate', '--model', model, '--max-tokens', '8', '--backend', 'reference', ...more);
    expect((await run('--prompts', empty)).notes.at(-1)).toBe(`${empty} holds no prompt.`);
    const config = await folder.lines('g0.json', { sampler: {}, rollouts: 0 });
    expect((await run('--prompts', empty, '--config', config)).notes.at(-1)).toBe(
      `${config}: rollouts is not accepted (Invalid value: Expected >=1 but received 0).`,
    );
  });
});
