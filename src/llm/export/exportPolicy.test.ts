// Exported policies through the real transformers.js, on ONNX Runtime for Node.

import { afterEach, describe, expect, it } from 'vitest';
import { createCpuEngine } from '../../cpu/engine.ts';
import { type LoadedCheckpoint, readCheckpoint } from '../../policy/checkpoint.ts';
import { forward, weightsFromTensors } from '../../reference/decoder.ts';
import { grouped, type PyTorchFixture, untied } from '../../reference/fixtures.ts';
import { taskByName } from '../../tasks/index.ts';
import { parseSamplerConfig } from '../../temperature/config.ts';
import { checkpointOf, drawnPolicy } from './export.testing.ts';
import { ExportError, exportForTransformers, ONNX_FILE } from './exportPolicy.ts';
import { type LoadedBack, loadBack } from './loadBack.ts';
import { shippedBase } from './shippedBase.testing.ts';
import { verifyExport } from './verifyExport.ts';

const TIMEOUT_MS = 60_000;
const onCpu = { device: 'cpu' } as const;

let open: LoadedBack[] = [];
afterEach(async () => {
  for (const loaded of open) await loaded.dispose();
  open = [];
});

async function loadedFrom(checkpoint: LoadedCheckpoint): Promise<LoadedBack> {
  const loaded = await loadBack(exportForTransformers(checkpoint), onCpu);
  open.push(loaded);
  return loaded;
}

describe('the files', () => {
  it('are a folder of the hub', () => {
    const base = shippedBase('parity');
    const files = exportForTransformers(base);
    expect([...files.keys()].sort()).toEqual([
      'README.md',
      'config.json',
      'generation_config.json',
      'model.safetensors',
      ONNX_FILE,
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const again = readCheckpoint(files);
    expect(again.parameters).toEqual(base.parameters);
    expect(again.config).toEqual(base.config);
    expect(again.generation).toEqual(base.generation);
    expect(again.tokenizer!.tokens).toEqual(base.tokenizer!.tokens);
  });

  it('are the same every time', () => {
    expect(exportForTransformers(drawnPolicy())).toEqual(exportForTransformers(drawnPolicy()));
  });
});

describe('through transformers.js', { timeout: TIMEOUT_MS }, () => {
  // Fused attention takes heads of 16, 32, 48 ...; the others are written in standard operators.
  it.each([
    ['one key/value head to three heads, fused', drawnPolicy()],
    ['tied, fused', drawnPolicy({ tied: true, headWidth: 48, kvHeads: 6 })],
    ['plain, one key/value head to all', drawnPolicy({ headWidth: 10, kvHeads: 1 })],
    ['tied, plain', drawnPolicy({ tied: true, headWidth: 8, kvHeads: 3 })],
    ['narrow heads', drawnPolicy({ headWidth: 2 })],
  ])('has the logits of the oracle at once and from the cache: %s', async (_, checkpoint) => {
    const done = await verifyExport(exportForTransformers(checkpoint), checkpoint, { ...onCpu, texts: ['abc', 'cab'] });
    expect(done.largestDifference).toBeLessThan(1e-5);
    // 1 and 2 and 24 random tokens, and two texts with <bos>.
    expect(done.positions).toBe(27 + 8);
  });

  it.each([
    ['one key/value head to three heads, tied', grouped],
    ['untied, a head width of its own', untied],
  ])('agrees with PyTorch: %s', async (_, { config, parameters, batch, logp1, entropyNats }: PyTorchFixture) => {
    const { logits } = await loadedFrom(checkpointOf(config, parameters));
    let compared = 0;
    for (let row = 0; row + 1 < batch.rowStart.length; row++) {
      const start = batch.rowStart[row]!;
      const ids = batch.ids.subarray(start, batch.rowStart[row + 1]!);
      const z = await logits(ids, ids.length >> 1);
      for (let t = 0; t + 1 < ids.length; t++, compared++) {
        const logp = logSoftmax(z.subarray(t * config.vocabulary, (t + 1) * config.vocabulary));
        expect(Math.abs(logp[ids[t + 1]!]! - logp1[start + t + 1]!)).toBeLessThan(1e-5);
        const entropy = -logp.reduce((sum, x) => sum + x * Math.exp(x), 0);
        expect(Math.abs(entropy - entropyNats[start + t + 1]!)).toBeLessThan(1e-5);
      }
    }
    expect(compared).toBe(batch.ids.length - batch.rowStart.length + 1);
  });

  it('writes the greedy text of our own engine, and stops where it stops', async () => {
    const base = shippedBase('countdown');
    const task = taskByName('countdown');
    const { model, tokenizer } = await loadedFrom(base);
    const promptIds = base.tokenizer!.encode(task.worked.prompt);
    const engine = await createCpuEngine(base.config);
    await engine.loadParameters(base.parameters);
    const greedy = parseSamplerConfig({ temperature: { rule: 'fixed', tau: 0 } }, 'evaluation');
    const { stopTokens } = base.generation;
    const request = { prompts: [promptIds], maxNewTokens: 40, stopTokens, sampler: greedy, seed: 1 };
    const [rollout] = await engine.generate(request);
    await engine.destroy();
    expect(rollout!.finished).toBe(true);

    const inputs = tokenizer(task.worked.prompt);
    const output = await model.generate({ ...inputs, max_new_tokens: 40, do_sample: false });
    const row = (output as { tolist(): bigint[][] }).tolist()[0]!.map(Number);
    expect(row).toEqual([...promptIds, ...rollout!.ids]);
    expect(tokenizer.decode(row, { skip_special_tokens: true })).toBe(
      task.worked.prompt + base.tokenizer!.decode(rollout!.ids),
    );
  });

  it('has a tokenizer that reads and writes as ours does', async () => {
    const checkpoint = drawnPolicy();
    const ours = checkpoint.tokenizer!;
    const { tokenizer } = await loadedFrom(checkpoint);
    for (const text of ['', 'a', 'abcabc', 'ab<eos>', '<pad><eos>c', 'def<bos>t']) {
      const ids = [...ours.encode(text)];
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(ours.decode(ids));
      expect(tokenizer.decode(ids, { skip_special_tokens: true })).toBe(ours.decode(ids, 'drop'));
    }
    expect([tokenizer.eos_token, tokenizer.pad_token, tokenizer.bos_token]).toEqual(['<eos>', '<pad>', '<bos>']);
  });
});

describe('a policy that cannot be exported', () => {
  const refusal = (changed: Partial<LoadedCheckpoint>) => () => exportForTransformers({ ...drawnPolicy(), ...changed });
  const name = 'model.layers.1.mlp.up_proj.weight';
  const withTensor = (shape: readonly number[], data: Float32Array) =>
    new Map([...drawnPolicy().parameters, [name, { shape, data }]]);

  it.each([
    ['no tokenizer', { tokenizer: null, tokenizerNote: 'The checkpoint has no tokenizer.json.' }, 'no tokenizer.json.'],
    ['a NaN', { parameters: withTensor([28, 20], new Float32Array(560).fill(NaN)) }, `The tensor ${name} holds NaN`],
    ['another shape', { parameters: withTensor([28, 10], new Float32Array(280)) }, `The tensor ${name} has shape`],
    ['too few values', { parameters: withTensor([28, 20], new Float32Array(7)) }, `The tensor ${name} holds 7 values`],
    ['no tensors', { parameters: new Map() }, 'The tensor model.embed_tokens.weight is missing.'],
  ])('is refused in one sentence: %s', (_, changed, sentence) => {
    expect(refusal(changed)).toThrow(ExportError);
    expect(refusal(changed)).toThrow(sentence);
    expect(refusal(changed)).toThrow(/^[^\n]*\.$/);
  });
});

describe('an export that went wrong', { timeout: TIMEOUT_MS }, () => {
  const checkpoint = drawnPolicy();
  const verify = (change: (files: Map<string, Uint8Array>) => void, texts: readonly string[] = []) => {
    const files = exportForTransformers(checkpoint);
    change(files);
    return verifyExport(files, checkpoint, { ...onCpu, texts });
  };

  it('is not offered when one weight is another', async () => {
    const other = drawnPolicy({ tied: true });
    const change = (files: Map<string, Uint8Array>) => {
      const graph = exportForTransformers(checkpoint).get(ONNX_FILE)!;
      const { data } = checkpoint.parameters.get('model.layers.0.self_attn.v_proj.weight')!;
      const at = Buffer.from(graph).indexOf(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      new DataView(graph.buffer).setFloat32(at, data[0]! + 0.05, true);
      files.set(ONNX_FILE, graph);
    };
    await expect(verify(change)).rejects.toThrow(
      /^The exported model is not offered: its logits differ .*1e-4|0\.0001/,
    );
    await expect(verifyExport(exportForTransformers(other), checkpoint, onCpu)).rejects.toThrow(ExportError);
  });

  it.each([
    ['no graph', (files: Map<string, Uint8Array>) => files.delete(ONNX_FILE)],
    [
      'a graph cut short',
      (files: Map<string, Uint8Array>) => files.set(ONNX_FILE, files.get(ONNX_FILE)!.slice(0, 900)),
    ],
    ['no tokenizer', (files: Map<string, Uint8Array>) => files.delete('tokenizer.json')],
    ['no config', (files: Map<string, Uint8Array>) => files.delete('config.json')],
  ])('says so in one sentence: %s', async (_, change) => {
    const failed = verify(change);
    await expect(failed).rejects.toThrow(ExportError);
    await expect(failed).rejects.toThrow(/^The exported model is not offered: [^\n]*\.$/);
  });

  it('is not offered when its tokenizer reads another text', async () => {
    const swap = (files: Map<string, Uint8Array>) => {
      const text = new TextDecoder().decode(files.get('tokenizer.json')!);
      const swapped = text.replace('"a": 3', '"a": 4').replace('"b": 4', '"b": 3');
      expect(swapped).not.toBe(text);
      files.set('tokenizer.json', new TextEncoder().encode(swapped));
    };
    await expect(verify(swap, ['abc'])).rejects.toThrow('its tokenizer reads "abc" in another way.');
  });

  it('stops when it is cancelled', async () => {
    const files = exportForTransformers(checkpoint);
    const controller = new AbortController();
    const work = verifyExport(files, checkpoint, {
      ...onCpu,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('cancelled')),
    });
    await expect(work).rejects.toThrow('cancelled');
  });
});

it('holds the oracle itself to the same files', () => {
  const base = shippedBase('addition');
  const again = readCheckpoint(exportForTransformers(base));
  const ids = base.tokenizer!.encode(taskByName('addition').worked.prompt);
  const logits = ({ config, parameters }: LoadedCheckpoint) =>
    forward(config, weightsFromTensors(config, parameters), ids).logits;
  expect(logits(again)).toEqual(logits(base));
});

function logSoftmax(logits: Float32Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b));
  const total = logits.reduce((sum, z) => sum + Math.exp(z - most), 0);
  return Float64Array.from(logits, (z) => z - most - Math.log(total));
}
