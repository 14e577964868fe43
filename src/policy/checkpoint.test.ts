import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Checkpoint,
  CheckpointError,
  type CheckpointFiles,
  CONFIG_FILE,
  GENERATION_FILE,
  readCheckpoint,
  shardNames,
  TOKENIZER_FILE,
  TRAINER_FILE,
  WEIGHTS_FILE,
  WEIGHTS_INDEX_FILE,
  writeCheckpoint,
} from './checkpoint.ts';
import type { PolicyConfig } from './config.ts';
import { initialParameters } from './initialise.ts';
import { EMBEDDING, HEAD, type NamedTensors, type Tensor } from './parameters.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { jsonBytes } from './strictJson.ts';
import { createTokenizer } from './tokenizer.ts';

const CONFIG: PolicyConfig = {
  layers: 1,
  width: 8,
  heads: 2,
  kvHeads: 1,
  headWidth: 4,
  mlpWidth: 12,
  vocabulary: 12,
  tied: true,
  ropeTheta: 10_000,
  rmsEpsilon: 1e-6,
  maxPositions: 32,
};

const CHECKPOINT: Checkpoint = {
  config: CONFIG,
  parameters: initialParameters(CONFIG, 1),
  generation: { stopTokens: [1], padToken: 0, beginToken: null },
  tokenizer: createTokenizer({ characters: '0123456789' }),
  trainer: {
    optimizer: { step: 5, firstMoment: initialParameters(CONFIG, 2), secondMoment: initialParameters(CONFIG, 3) },
    noise: { seed: 2 ** 53 - 1, stream: 17 },
    queues: [Float32Array.of(0.5, 0.25, 1.5), new Float32Array(0)],
    extra: { schedule: ['warm-up', 0.1, null], best: { step: 3 } },
  },
};

const FILES: CheckpointFiles = writeCheckpoint(CHECKPOINT);

function withFile(name: string, bytes: Uint8Array): CheckpointFiles {
  return new Map(FILES).set(name, bytes);
}

function withConfig(change: Record<string, unknown>): CheckpointFiles {
  const config = JSON.parse(new TextDecoder().decode(FILES.get(CONFIG_FILE)));
  return withFile(CONFIG_FILE, jsonBytes({ ...config, ...change }));
}

function withWeights(change: (tensors: Map<string, Tensor>) => void): CheckpointFiles {
  const tensors = new Map(CHECKPOINT.parameters);
  change(tensors);
  const files = new Map(FILES).set(WEIGHTS_FILE, writeSafetensors(tensors));
  files.delete(TRAINER_FILE);
  return files;
}

describe('checkpoint', () => {
  it('reads back what it writes, bit for bit', () => {
    const { tokenizer, tokenizerNote, ...back } = readCheckpoint(FILES);
    const { tokenizer: written, ...rest } = CHECKPOINT;
    expect(back).toEqual(rest);
    expect(tokenizer!.tokens).toEqual(written!.tokens);
    expect(tokenizerNote).toBe(null);
    expect(writeCheckpoint({ ...back, tokenizer })).toEqual(FILES);
  });

  it('names the files as Hugging Face does', () => {
    expect([...FILES.keys()].sort()).toEqual([
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
      'trainer.safetensors',
    ]);
    expect(readSafetensors(FILES.get(WEIGHTS_FILE)!).metadata.get('format')).toBe('pt');
  });

  it('needs only config and weights, and then takes the stop token from the config', () => {
    const files = new Map([CONFIG_FILE, WEIGHTS_FILE].map((name) => [name, FILES.get(name)!]));
    const back = readCheckpoint(files);
    expect(back.generation.stopTokens).toEqual([1]);
    expect([back.tokenizer, back.trainer]).toEqual([null, null]);
    expect(back.tokenizerNote).toBe('The checkpoint has no tokenizer.json.');
  });

  it('goes without a tokenizer of a kind that it does not run', () => {
    const back = readCheckpoint(withFile(TOKENIZER_FILE, jsonBytes({ model: { type: 'BPE' } })));
    expect(back.tokenizer).toBe(null);
    expect(back.tokenizerNote).toMatch(/^tokenizer.json: model.type is "BPE", but only/);
  });

  it('accepts a tied head that is stored once more, and only an equal one', () => {
    const head = (data: Float32Array) => withWeights((t) => t.set(HEAD, { shape: t.get(EMBEDDING)!.shape, data }));
    const embedding = CHECKPOINT.parameters.get(EMBEDDING)!.data;
    expect(readCheckpoint(head(embedding)).parameters).toEqual(CHECKPOINT.parameters);
    expect(() => readCheckpoint(head(embedding.with(3, 1)))).toThrow(
      new CheckpointError(
        'model.safetensors: the tensor lm_head.weight differs from model.embed_tokens.weight, although config.json says tie_word_embeddings.',
      ),
    );
  });

  it('reads sharded weights', () => {
    const names = [...CHECKPOINT.parameters.keys()];
    const place = (name: string) => `model-0000${names.indexOf(name) < 5 ? 1 : 2}-of-00002.safetensors`;
    const files = new Map(FILES);
    files.delete(WEIGHTS_FILE);
    for (const shard of new Set(names.map(place)))
      files.set(shard, writeSafetensors(new Map([...CHECKPOINT.parameters].filter(([name]) => place(name) === shard))));
    const index = jsonBytes({ weight_map: Object.fromEntries(names.map((name) => [name, place(name)])) });
    files.set(WEIGHTS_INDEX_FILE, index);
    expect(shardNames(index)).toEqual(['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']);
    expect(readCheckpoint(files).parameters).toEqual(CHECKPOINT.parameters);
    files.delete('model-00002-of-00002.safetensors');
    expect(() => readCheckpoint(files)).toThrow('The checkpoint has no model-00002-of-00002.safetensors.');
  });

  it.each<[string, CheckpointFiles, string]>([
    ['no config', new Map(), 'The checkpoint has no config.json.'],
    [
      'another architecture',
      withConfig({ model_type: 'llama' }),
      'config.json: model_type is not accepted (Invalid type: Expected "qwen2" but received "llama").',
    ],
    [
      'another width',
      withConfig({ intermediate_size: 13 }),
      'model.safetensors: The tensor model.layers.0.mlp.gate_proj.weight has shape [12,8], but the config asks for [13,8].',
    ],
    [
      'a missing tensor',
      withWeights((t) => t.delete('model.norm.weight')),
      'model.safetensors: The tensor model.norm.weight is missing.',
    ],
    [
      'a tensor too many',
      withWeights((t) => t.set('model.extra', { shape: [1], data: Float32Array.of(1) })),
      'model.safetensors: The tensor model.extra does not belong to this policy.',
    ],
    [
      'a stop token outside',
      withFile(GENERATION_FILE, jsonBytes({ eos_token_id: [1, 12] })),
      'eos_token_id is 12, but the model has 12 tokens (0 to 11).',
    ],
    [
      'a wordy stop token',
      withFile(GENERATION_FILE, jsonBytes({ eos_token_id: '<eos>' })),
      'generation_config.json: eos_token_id is not accepted (Invalid type: Expected (number | Array) but received "<eos>").',
    ],
  ])('refuses %s', (_, files, message) => {
    expect(() => readCheckpoint(files)).toThrow(new CheckpointError(message));
  });

  it('does not continue other weights, unless told to ignore the trainer', () => {
    const edited = new Map(
      withWeights((t) => t.set(EMBEDDING, { ...t.get(EMBEDDING)!, data: t.get(EMBEDDING)!.data.with(0, 1) })),
    );
    edited.set(TRAINER_FILE, FILES.get(TRAINER_FILE)!);
    expect(() => readCheckpoint(edited)).toThrow(
      new CheckpointError('trainer.safetensors: it was saved with other weights than those of this checkpoint.'),
    );
    expect(readCheckpoint(edited, 'ignore').trainer).toBe(null);
  });

  it('refuses to write what it could not read', () => {
    const broken: NamedTensors = new Map(CHECKPOINT.parameters).set('model.norm.weight', {
      shape: [8],
      data: new Float32Array(8).fill(Number.NaN),
    });
    expect(() => writeCheckpoint({ ...CHECKPOINT, parameters: broken })).toThrow(
      new CheckpointError('The tensor model.norm.weight holds NaN at index 0.'),
    );
  });
});

describe('damaged checkpoint', () => {
  /** Offset of a file's first data byte. */
  const dataStart = (bytes: Uint8Array) => 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);

  it.each([WEIGHTS_FILE, TRAINER_FILE])('%s: a flip in any tensor is blamed on that tensor', (name) => {
    const bytes = FILES.get(name)!;
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, dataStart(bytes))));
    let sections = 0;
    for (const [tensor, entry] of Object.entries<{ data_offsets: [number, number] }>(header)) {
      if (tensor === '__metadata__' || entry.data_offsets[0] === entry.data_offsets[1]) continue;
      const damaged = bytes.slice();
      damaged[dataStart(bytes) + entry.data_offsets[0]]! ^= 1;
      expect(() => readCheckpoint(withFile(name, damaged))).toThrow(
        new CheckpointError(`${name}: the tensor ${tensor} is damaged: the CRC-32 of its values differs.`),
      );
      sections++;
    }
    expect(sections).toBeGreaterThan(13);
  });

  it('a flip in the state or in the checksum table is blamed on it', () => {
    const bytes = FILES.get(TRAINER_FILE)!;
    const flipped = (text: string) => {
      const at = new TextDecoder('latin1').decode(bytes).indexOf(text);
      expect(at).toBeGreaterThan(0);
      const damaged = bytes.slice();
      damaged[at + text.length - 1]! ^= 1;
      return withFile(TRAINER_FILE, damaged);
    };
    expect(() => readCheckpoint(flipped('\\"step\\":5'))).toThrow(
      new CheckpointError('trainer.safetensors: the section state is damaged: its CRC-32 differs.'),
    );
    expect(() => readCheckpoint(flipped('{\\"tensors\\":{\\"first_moment.'))).toThrow(
      new CheckpointError('trainer.safetensors: the checksum table (crc32) is damaged: its own CRC-32 differs.'),
    );
  });

  type Damage = { file: string; at: number; change: { flip: number } | 'cut' | { insert: number } | 'delete' };

  function damaged(list: readonly Damage[]): CheckpointFiles {
    const files = new Map(FILES);
    for (const { file, at, change } of list) {
      const bytes = [...files.get(file)!];
      const i = bytes.length === 0 ? 0 : at % bytes.length;
      if (change === 'cut') bytes.length = i;
      else if (change === 'delete') bytes.splice(i, 1);
      else if ('insert' in change) bytes.splice(i, 0, change.insert);
      else if (bytes.length > 0) bytes[i]! ^= change.flip;
      files.set(file, Uint8Array.from(bytes));
    }
    return files;
  }

  it('either loads with the same values or is refused with one sentence', () => {
    const outcomes = { loaded: 0, refused: 0 };
    const damage = fc.record({
      file: fc.constantFrom(...FILES.keys()),
      // Headers are a small part of a real file, and where most can go wrong.
      at: fc.oneof(fc.nat(64), fc.nat(6000), fc.nat(30_000)),
      change: fc.oneof(
        { weight: 6, arbitrary: fc.record({ flip: fc.integer({ min: 1, max: 255 }) }) },
        { weight: 1, arbitrary: fc.record({ insert: fc.integer({ min: 0, max: 255 }) }) },
        { weight: 1, arbitrary: fc.constantFrom('cut' as const, 'delete' as const) },
      ),
    });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 3 }), (list) => {
        const files = damaged(list);
        const touched = (file: string) => list.some((d) => d.file === file);
        let back: ReturnType<typeof readCheckpoint>;
        try {
          back = readCheckpoint(files);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
          expect((error as Error).message).toMatch(/^\P{Cc}{10,450}\.$/u);
          outcomes.refused++;
          return;
        }
        // The trainer state vouches for the weights, and its own checksums for the rest of it.
        expect(back.parameters).toEqual(CHECKPOINT.parameters);
        expect(back.trainer).toEqual(CHECKPOINT.trainer);
        if (!touched(CONFIG_FILE)) expect(back.config).toEqual(CONFIG);
        if (!touched(GENERATION_FILE)) expect(back.generation).toEqual(CHECKPOINT.generation);
        if (!touched(TOKENIZER_FILE)) expect(back.tokenizer!.tokens).toEqual(CHECKPOINT.tokenizer!.tokens);
        outcomes.loaded++;
      }),
      { numRuns: process.env['VERIFY'] ? 30_000 : 1500 },
    );
    expect(outcomes.refused).toBeGreaterThan(300);
    expect(outcomes.loaded).toBeGreaterThan(50);
  });

  it('is refused wherever it is cut', () => {
    for (const name of [WEIGHTS_FILE, TRAINER_FILE, CONFIG_FILE]) {
      const bytes = FILES.get(name)!;
      // The last byte of config.json is its final newline.
      for (let length = 0; length < bytes.length - 1; length += length < 300 ? 1 : 37)
        expect(() => readCheckpoint(withFile(name, bytes.slice(0, length)))).toThrow(CheckpointError);
    }
  });
});
