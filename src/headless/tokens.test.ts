import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint, WEIGHTS_FILE } from '../policy/checkpoint.ts';
import type { TokenBatch } from '../policy/engine.ts';
import { readSafetensors } from '../policy/safetensors.ts';
import { ReferenceEngine } from '../reference/engine.ts';
import { float } from './numbers.ts';
import { headless, results, temporaryFolder, tinyModel } from './run.testing.ts';

interface Scores {
  logp1: number[];
  logpTau: number[];
  entropy: number[];
}

const LINES = [
  { ids: [2, 3, 4, 5, 1], tau: [0, 1, 1.5, 0.5, 2], coef: [9, 1, -0.5, 2, 0.25] },
  { ids: [7], tau: [1], coef: [1] },
  { ids: [11, 11, 2], coef: [null, 0, 1.5] },
  { ids: [6, 9, 10, 8, 3, 2], tau: [null, 3, 3, 0.25, 1, 1], coef: [0, 1, 1, 1, 1, 1] },
];

const folder = await temporaryFolder();
let model: string;
let tokens: string;
beforeAll(async () => {
  model = await tinyModel(folder);
  tokens = await folder.lines('in.jsonl', ...LINES);
});

const read = async (file: string) => new Uint8Array(await readFile(file));

async function loadEngine(of: string): Promise<ReferenceEngine> {
  const names = ['config.json', WEIGHTS_FILE];
  const files = new Map(await Promise.all(names.map(async (name) => [name, await read(`${of}/${name}`)] as const)));
  const { config, parameters } = readCheckpoint(files);
  const engine = new ReferenceEngine(config);
  await engine.loadParameters(parameters);
  return engine;
}

/** Packs by hand what the command packs by itself. */
const BATCH: TokenBatch = {
  ids: Int32Array.from(LINES.flatMap((line) => line.ids)),
  tau: Float32Array.from(LINES.flatMap((line) => line.ids.map((_, i) => (i === 0 ? 1 : (line.tau?.[i] ?? 1))))),
  rowStart: Int32Array.of(0, 5, 6, 9, 15),
};

describe('score', () => {
  const score = (...more: string[]) =>
    results<Scores>('score', '--model', model, '--tokens', tokens, '--backend', 'reference', ...more);

  it('gives what the engine gives, one entry shorter than ids, in the order of the lines', async () => {
    const engine = await loadEngine(model);
    const { logp1, logpTau, entropyNats } = await engine.score(BATCH);
    const lines = await score();
    expect(lines.map((line) => line.logp1.length)).toEqual([4, 0, 2, 5]);
    const expected = (values: Float32Array, row: number) =>
      Array.from(values.subarray(BATCH.rowStart[row]! + 1, BATCH.rowStart[row + 1]!), float);
    for (const [row, line] of lines.entries())
      expect(line).toEqual({
        logp1: expected(logp1, row),
        logpTau: expected(logpTau, row),
        entropy: expected(entropyNats, row),
      });
    expect(Math.max(...lines[0]!.logp1)).toBeLessThan(0);
    // tau = 1 changes nothing, any other does.
    expect(lines[0]!.logpTau.map((value, i) => value === lines[0]!.logp1[i])).toEqual([true, false, false, false]);
  });

  it('gives the same on the CPU', async () => {
    const args = ['score', '--model', model, '--tokens', tokens, '--backend'];
    const [oracle, cpu] = [await results<Scores>(...args, 'reference'), await results<Scores>(...args, 'cpu')];
    for (const [i, line] of cpu.entries())
      for (const field of ['logp1', 'logpTau', 'entropy'] as const) {
        expect(line[field]).toHaveLength(oracle[i]![field].length);
        for (const [t, value] of line[field].entries()) expect(value).toBeCloseTo(oracle[i]![field][t]!, 5);
      }
  });

  it('does not depend on how lines fall into batches', async () => {
    expect(await score('--batch-tokens', '1')).toEqual(await score());
  });

  it.each<[unknown, string]>([
    [{ ids: [2, 3, 4, 5, 12] }, 'ids[4] is 12, but this model has 12 tokens (0 to 11).'],
    [{ ids: [2, -1] }, 'ids[1] is -1, but this model has 12 tokens (0 to 11).'],
    [{ ids: [2.5] }, 'ids[0] is 2.5, but this model has 12 tokens (0 to 11).'],
    [{ ids: [] }, 'ids is empty, but a sequence has at least one token.'],
    [{ ids: new Array(25).fill(2) }, 'ids has 25 entries, but this model is meant for at most 24 positions.'],
    [{ ids: [2, '3'] }, 'ids[1] is not accepted (Invalid type: Expected number but received "3").'],
    [{ id: [2] }, 'ids is not accepted (Invalid key: Expected "ids" but received undefined).'],
    [{ ids: [2], taus: [1] }, 'taus is not accepted (Invalid key: Expected never but received "taus").'],
    [7, 'the line is not accepted (Invalid type: Expected Object but received 7).'],
    [{ ids: [2, 3], tau: [1] }, 'tau has 1 entries, but ids has 2.'],
    [{ ids: [2, 3], tau: [1, 0] }, 'tau[1] is 0, but a temperature must be above 0.'],
    [{ ids: [2, 3], tau: [1, -0.5] }, 'tau[1] is -0.5, but a temperature must be above 0.'],
    [{ ids: [2, 3], tau: [1, null] }, 'tau[1] is null, but it must be a finite number.'],
    [{ ids: [2, 3], tau: [1, 1e39] }, 'tau[1] is 1e+39, but it must be a finite number.'],
    [{ ids: [2, 3], tau: [1, 1e-60] }, 'tau[1] is 1e-60, but a temperature must be above 0.'],
    [{ ids: [2, 3], coef: [1, null] }, 'coef[1] is null, but it must be a finite number.'],
  ])('refuses %j with the line and the field', async (line, why) => {
    const file = await folder.lines('bad.jsonl', LINES[0], line);
    const { code, out, notes } = await headless('score', '--model', model, '--tokens', file, '--backend', 'reference');
    expect([code, out]).toEqual([2, []]);
    expect(notes.at(-1)).toBe(`${file} line 2: ${why}`);
  });

  it('refuses lines that are no text or no JSON', async () => {
    const score = async (file: string) =>
      (await headless('score', '--model', model, '--tokens', file, '--backend', 'reference')).notes.at(-1);
    const text = await folder.text('no.jsonl', '\n{"ids":[2]\n');
    expect(await score(text)).toBe(`${text} line 2: it is not valid JSON.`);
    expect(await score(folder.at('missing.jsonl'))).toBe(
      `${folder.at('missing.jsonl')} cannot be read: it is not there.`,
    );
    const latin = folder.at('model/model.safetensors');
    expect(await score(latin)).toMatch(/line 1: it is not valid (UTF-8 text|JSON)\.$/);
  });

  it('takes Windows line ends, blank lines and a last line without an end', async () => {
    const file = await folder.text('crlf.jsonl', '{"ids":[2,3]}\r\n\r\n{"ids":[4,5]}');
    const lines = await results<Scores>('score', '--model', model, '--tokens', file, '--backend', 'reference');
    expect(lines).toHaveLength(2);
  });
});

describe('grad', () => {
  interface Report {
    lines: number;
    tokens: number;
    objective: number;
    gradNorm: number;
  }
  const grad = async (backend: string, of: string, ...more: string[]) => {
    const out = folder.at('g.safetensors');
    const [report] = await results<Report>(
      'grad',
      '--model',
      of,
      '--tokens',
      tokens,
      '--out',
      out,
      '--backend',
      backend,
      ...more,
    );
    return { report: report!, tensors: readSafetensors(await read(out)).tensors };
  };

  it('is the slope of the objective that it prints', async () => {
    const { tensors } = await grad('reference', model);
    const { tensors: weights } = readSafetensors(await read(`${model}/${WEIGHTS_FILE}`));
    expect([...tensors.keys()]).toEqual([...weights.keys()]);
    // Small against weights of .02, large against the float32 rounding of the printed log-probs.
    const step = 2 ** -9;
    const config = await readFile(`${model}/config.json`, 'utf8');
    for (const [name, index] of [
      ['model.embed_tokens.weight', 3 * 16 + 2],
      ['model.layers.1.self_attn.k_proj.weight', 5],
      ['model.layers.0.mlp.down_proj.weight', 30],
      ['model.norm.weight', 7],
    ] as const) {
      const objectiveAt = async (shift: number) => {
        const tensor = weights.get(name)!;
        const data = tensor.data.slice();
        data[index]! += shift;
        const moved = `moved${shift > 0 ? 'Up' : 'Down'}`;
        await results('init', '--model', folder.at(moved), '--vocabulary', '12', '--replace');
        await folder.text(`${moved}/config.json`, config);
        await folder.tensors(
          `${moved}/${WEIGHTS_FILE}`,
          Object.fromEntries(new Map(weights).set(name, { ...tensor, data })),
        );
        return (await grad('reference', folder.at(moved))).report.objective;
      };
      const slope = ((await objectiveAt(step)) - (await objectiveAt(-step))) / (2 * step);
      const computed = tensors.get(name)!.data[index]!;
      expect(Math.abs(slope - computed), `${name}[${index}]: ${slope} and ${computed}`).toBeLessThan(
        2e-3 * Math.max(1, Math.abs(computed)),
      );
      expect(Math.abs(computed)).toBeGreaterThan(1e-4);
    }
  });

  it('gives the same on the CPU', async () => {
    const [oracle, cpu] = [await grad('reference', model), await grad('cpu', model)];
    expect(cpu.report.gradNorm / oracle.report.gradNorm).toBeCloseTo(1, 5);
    expect([...cpu.tensors.keys()]).toEqual([...oracle.tensors.keys()]);
    for (const [name, { data }] of oracle.tensors) {
      const other = cpu.tensors.get(name)!.data;
      expect(Math.hypot(...data.map((x, i) => x - other[i]!)), name).toBeLessThan(1e-4 * Math.hypot(...data));
    }
  });

  it('prints the global norm of what it writes, and does not depend on batches', async () => {
    const { report, tensors } = await grad('reference', model);
    const squares = [...tensors.values()].flatMap(({ data }) => [...data]).reduce((sum, x) => sum + x * x, 0);
    expect(report.gradNorm).toBeCloseTo(Math.sqrt(squares), 9);
    expect([report.lines, report.tokens]).toEqual([4, 15]);
    const split = await grad('reference', model, '--batch-tokens', '1');
    expect(split.report.gradNorm).toBeCloseTo(report.gradNorm, 5);
  });

  it('needs coef on every line', async () => {
    const file = await folder.lines('nocoef.jsonl', { ids: [2, 3] });
    const { code, notes } = await headless(
      'grad',
      '--model',
      model,
      '--tokens',
      file,
      '--out',
      folder.at('x'),
      '--backend',
      'reference',
    );
    expect([code, notes.at(-1)]).toEqual([2, `${file} line 1: coef is missing.`]);
  });
});
