import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseSamplerConfig } from '../temperature/config.ts';
import { headless, temporaryFolder, tinyModel } from './run.testing.ts';

/** In the order of the help. */
const COMMANDS = [
  'init',
  'pretrain',
  'train',
  'experiment',
  'merge',
  'evaluate',
  'score',
  'grad',
  'sample',
  'generate',
];

const folder = await temporaryFolder();
let model: string;
beforeAll(async () => {
  model = await tinyModel(folder);
});

describe('usage', () => {
  it.each([[['help']], [['--help']]])('%j lists the commands', async (args) => {
    const { code, out } = await headless(...args);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(out.join('\n')).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
  });

  it('explains a command with its flags and defaults', async () => {
    const { code, out } = await headless('score', '--help');
    expect(code).toBe(0);
    expect(out[0]).toMatch(/^ {2}--model DIR +checkpoint folder \(required\)$/m);
    expect(out[0]).toMatch(/^ {2}--batch-tokens N +.* \(default 8192\)$/m);
  });

  it.each<[string[], string]>([
    [[], `A command is missing; the commands are ${COMMANDS.join(', ')}.`],
    [['learn'], `There is no command "learn"; the commands are ${COMMANDS.join(', ')}.`],
    [['score', '--model', 'm'], '--tokens FILE is missing.'],
    [
      ['score', '--modle', 'm'],
      '"--modle" is not known here; the flags are --model, --tokens, --backend, --batch-tokens.',
    ],
    [['score', 'm'], '"m" is not known here; the flags are --model, --tokens, --backend, --batch-tokens.'],
    [['score', '--model'], '--model needs a value (DIR).'],
    [['score', '--model='], '--model needs a value (DIR).'],
    [['score', '--model', 'a', '--model', 'b'], '--model is given twice.'],
    [['score', '--backend', 'cuda'], '--backend takes auto, webgpu, cpu, reference, but it is "cuda".'],
    [
      ['score', '--batch-tokens', '1e3'],
      '--batch-tokens takes a whole number from 1 to 9007199254740991, but it is "1e3".',
    ],
    [
      ['sample', '--logits', 'l', '--seed', '-1'],
      '--seed takes a whole number from 0 to 9007199254740991, but it is "-1".',
    ],
    [['init', '--untied=yes'], '--untied takes no value.'],
    [['score', '--model', '/no/such', '--tokens', 't'], '/no/such cannot be read: it is not there.'],
    [['sample', '--logits', '/no/such'], '/no/such cannot be read: it is not there.'],
    [['sample', '--logits', '/'], '/ cannot be read: it is a folder.'],
  ])('%j is refused with one sentence', async (args, sentence) => {
    expect(await headless(...args)).toEqual({ code: 2, out: [], notes: [sentence] });
  });
});

describe('init', () => {
  it('makes the same checkpoint from the same seed', async () => {
    const again = await tinyModel(folder, 'again');
    const other = await tinyModel(folder, 'other', '--untied');
    const weights = (path: string) => readFile(`${path}/model.safetensors`);
    expect((await weights(again)).equals(await weights(model))).toBe(true);
    expect((await weights(other)).length).toBeGreaterThan((await weights(model)).length);
  });

  it('does not write over a model unless told to', async () => {
    const args = ['init', '--model', model, '--alphabet', 'ab'];
    expect(await headless(...args)).toEqual({
      code: 2,
      out: [],
      notes: [`${model} already holds a model (model.safetensors); --replace writes over it.`],
    });
  });

  it.each<[string[], string]>([
    [[], 'Either --alphabet or --vocabulary must be given.'],
    [['--alphabet', 'aa'], 'The token "a" stands in the vocabulary twice.'],
    [['--alphabet', 'abc', '--vocabulary', '4'], 'tokenizer.json: it has 5 tokens, but the model has only 4.'],
    [
      ['--vocabulary', '9', '--heads', '3'],
      'config.json: the width of a head must be an even whole number, but hidden_size / num_attention_heads is 21.333333333333332.',
    ],
    [
      ['--vocabulary', '9', '--kv-heads', '3'],
      'config.json: num_attention_heads (4) must be a multiple of num_key_value_heads (3).',
    ],
  ])('%j is refused', async (args, sentence) => {
    expect(await headless('init', '--model', folder.at('new'), ...args)).toEqual({
      code: 2,
      out: [],
      notes: [sentence],
    });
  });
});

describe('a damaged model', () => {
  it('is refused with the name of the file and the tensor', async () => {
    const broken = await tinyModel(folder, 'broken');
    const file = `${broken}/model.safetensors`;
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 5));
    const { code, notes } = await headless(
      'score',
      '--model',
      broken,
      '--tokens',
      await folder.lines('t', { ids: [1] }),
    );
    expect(code).toBe(2);
    expect(notes).toEqual([
      expect.stringMatching(
        /^model\.safetensors: the tensor model\.norm\.weight reaches to byte \d+, but only \d+ follow the header \(the file is truncated\)\.$/,
      ),
    ]);
  });
});

describe('docs/HEADLESS.md', () => {
  it('shows all defaults of the sampler', async () => {
    const text = await readFile('docs/HEADLESS.md', 'utf8');
    const shown = /## Sampler settings[\s\S]*?```json\n([\s\S]*?)```/.exec(text)?.[1];
    expect(JSON.parse(shown ?? '')).toEqual(parseSamplerConfig({}));
  });
});
