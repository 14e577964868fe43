import { beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationComparison } from '../grpo/compareEvaluations.ts';
import { type MarkovTable, markovPolicy } from '../grpo/markovPolicy.testing.ts';
import { createTokenizer, PAD } from '../policy/tokenizer.ts';
import { taskByName } from '../tasks/index.ts';
import { partOf } from '../tasks/split.ts';
import { writeModel } from './modelFolder.ts';
import { headless, results, temporaryFolder } from './run.testing.ts';
import { runHeadless } from './run.ts';

const folder = await temporaryFolder();
const model = folder.at('guessing');
const parity = taskByName('parity');
const tokenizer = createTokenizer({ characters: parity.alphabet, special: [PAD] });

/** Guesses at once; odd three times in four. */
const GUESSING: MarkovTable = {
  '>': { '=': 1 },
  '=': { '0': 0.25, '1': 0.75 },
  '0': { '.': 1 },
  '1': { '.': 1 },
};

/** Odd it is, always. */
const SURE: MarkovTable = { ...GUESSING, '=': { '1': 1 } };
const sure = folder.at('sure');

beforeAll(async () => {
  const generation = { stopTokens: [...tokenizer.encode('.')], padToken: tokenizer.padId, beginToken: null };
  for (const [name, table] of [
    [model, GUESSING],
    [sure, SURE],
  ] as const)
    await writeModel(name, { ...markovPolicy(tokenizer, table), generation, tokenizer, trainer: null }, false);
});

const COMMON = ['evaluate', '--model', model, '--task', 'parity', '--backend', 'cpu'];

interface Line {
  readonly task: string;
  readonly tau: number | null;
  readonly n: number;
  readonly prompts: number;
  readonly avg: number;
  readonly pass: Record<string, number>;
  readonly greedy: number;
  readonly outcomes: Record<string, number>;
  readonly entropy: Record<string, number | null>;
  readonly gate: Record<string, number | null>;
  readonly difficulty: string;
  readonly sampler?: { readonly truncation: { readonly topP: number } };
  readonly against?: EvaluationComparison;
  readonly perPrompt?: readonly { readonly prompt: string; readonly correct: number; readonly greedy: boolean }[];
}

describe('evaluate', () => {
  it('prints a line a temperature, with the fields in their order', async () => {
    const lines = await results<Line>(
      ...COMMON,
      '--n',
      '4',
      '--k',
      '1,4',
      '--tau',
      '0,1',
      '--prompts',
      '20',
      '--seed',
      '3',
    );
    expect(lines.map(({ tau }) => tau)).toEqual([0, 1]);
    for (const line of lines) {
      expect(Object.keys(line)).toEqual(
        'task tau n prompts avg pass greedy outcomes entropy gate knowledgeRight meanLength interval difficulty seed'.split(
          ' ',
        ),
      );
      expect(line).toMatchObject({
        task: 'parity',
        n: 4,
        prompts: 20,
        difficulty: 'sixteen-bits',
        seed: 3,
        meanLength: 3,
      });
      expect(Object.keys(line.pass)).toEqual(['1', '4']);
      expect(line.pass['1']).toBeCloseTo(line.avg, 12);
      expect(line.outcomes['ok']! + line.outcomes['wrong answer']!).toBe(80);
      expect(line.entropy['knowledge']).toBeNull();
    }
    const [greedy, sampled] = lines as [Line, Line];
    expect(greedy.avg).toBe(greedy.greedy);
    expect(greedy.pass['4']).toBe(greedy.avg);
    expect(sampled.greedy).toBe(greedy.greedy);
    expect(sampled.pass['4']).toBeGreaterThan(sampled.avg);
  });

  it('takes the k that are usual as far as n allows, and tau 1', async () => {
    const [line] = await results<Line>(...COMMON, '--n', '16', '--prompts', '2', '--per-prompt');
    expect(line!.tau).toBe(1);
    expect(Object.keys(line!.pass)).toEqual(['1', '16']);
    expect(line!.perPrompt).toHaveLength(2);
    const correct = line!.perPrompt!.reduce((sum, each) => sum + each.correct, 0);
    expect(line!.avg).toBeCloseTo(correct / 32, 12);
    for (const { prompt } of line!.perPrompt!) expect(partOf(prompt)).toBe('held-out');
  });

  it('samples by any rule and truncation', async () => {
    const config = await folder.text('rule.json', '{"temperature":{"rule":"binary","high":1.5,"low":0.5}}');
    const few = ['--n', '2', '--prompts', '3'];
    const [line] = await results<Line>(...COMMON, ...few, '--config', config, '--top-p', '0.7');
    expect(line!.tau).toBeNull();
    expect(line!.sampler!.truncation.topP).toBe(0.7);
    // The likelier guess alone holds .7 of the mass, at any of these temperatures and at 1.
    expect(line!.avg).toBe(line!.greedy);
    const [fixed] = await results<Line>(...COMMON, ...few, '--config', config, '--top-p', '0.7', '--tau', '1');
    expect(fixed!.tau).toBe(1);
    expect(fixed!.avg).toBe(fixed!.greedy);
  });

  it('poses problems of a user, as many as are held out', async () => {
    const prompts = Array.from({ length: 40 }, (_, i) => `${i.toString(2)}>`);
    const heldOut = prompts.filter((prompt) => partOf(prompt) === 'held-out');
    const file = await folder.lines('own.jsonl', ...prompts.map((prompt) => ({ prompt, answer: 1 })));
    const own = ['--problems', file, '--verifier', 'integer'];
    const { code, out, notes } = await headless(...COMMON, ...own, '--n', '8', '--per-prompt');
    expect(code).toBe(0);
    expect(notes).toContain(`${file} has ${heldOut.length} held-out problems, so there are no more than that.`);
    const line: Line = JSON.parse(out[0]!);
    expect(line.perPrompt!.map(({ prompt }) => prompt).toSorted()).toEqual(heldOut.toSorted());
    expect(line.greedy).toBe(1);
    expect(line.avg).toBeGreaterThan(0.5);
    expect(line.difficulty).toMatch(/^own integer [0-9a-f]{16}$/);
    expect(line.entropy).toEqual({ fork: null, knowledge: null });
    expect(line.gate).toEqual({ precision: null, recall: null });
  });

  it('compares with another policy on the same problems', async () => {
    const args = [...COMMON, '--n', '4', '--k', '4', '--prompts', '30'];
    const other = await headless(...args, '--against', model);
    expect(other.code).toBe(0);
    const { against }: Line = JSON.parse(other.out[0]!);
    const none = { mean: 0, low: 0, high: 0, pHigher: 1, pDifferent: 1 };
    expect(against).toEqual({ avg: none, pass: { 4: none }, greedy: none });
    const [line] = await results<Line>(...args, '--against', sure);
    const [alone] = await results<Line>(...args.with(2, sure));
    expect(line!.against!.avg.mean).toBeCloseTo(line!.avg - alone!.avg, 12);
    expect(line!.against!.pass[4]!.mean).toBeCloseTo(line!.pass[4]! - alone!.pass[4]!, 12);
    // Who sometimes guesses even solves more prompts in four attempts.
    expect(line!.against!.pass[4]!.pHigher).toBeLessThan(0.01);
  });

  it('stops at Ctrl-C, keeps the lines that are printed, and exits with 130', async () => {
    const out: string[] = [];
    const notes: string[] = [];
    const args = [...COMMON, '--n', '2', '--prompts', '4', '--tau', '0.5,1,1.5'];
    const code = await runHeadless(args, {
      result: async (line) => {
        out.push(line);
        process.emit('SIGINT');
      },
      note: (line) => notes.push(line),
    });
    expect(code).toBe(130);
    expect(out).toHaveLength(1);
    expect(notes.at(-1)).toBe('Interrupted.');
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it('refuses what cannot be evaluated, with one sentence', async () => {
    const bad = await folder.text('bad.jsonl', '{"prompt":"1>","answer":"1"}\n{"prompt":"2>"}\n?');
    const trained = Array.from({ length: 9 }, (_, i) => `${i.toString(2)}>`).filter((p) => partOf(p) === 'training');
    const none = await folder.lines('none.jsonl', ...trained.map((prompt) => ({ prompt, answer: '1' })));
    const cases: [string[], string][] = [
      [['--n', '4', '--k', '1,8'], '--k 8 needs as many rollouts, but --n is 4.'],
      [['--k', '1,1'], '--k lists 1 twice.'],
      [['--k', '1,x'], '--k takes a whole number from 1 to 65536, but it is "x".'],
      [['--tau', '1,-1'], '--tau takes a number from 0 to 100, but it is "-1".'],
      [['--tau', '1,'], '--tau takes a number from 0 to 100, but it is "".'],
      [['--top-p', '0'], '--top-p takes a number above 0 and up to 1, but it is "0".'],
      [
        ['--difficulty', 'hard'],
        'Parity, short or long has no difficulty "hard"; it has sixteen-bits, twenty-four-bits, thirty-two-bits.',
      ],
      [['--problems', bad, '--difficulty', 'sixteen-bits'], '--difficulty and --problems cannot be given together.'],
      [
        ['--problems', bad],
        `${bad} line 2: it must be {"prompt": text, "answer": text or whole number} and nothing else.\n${bad} line 3: it is not JSON.`,
      ],
      [
        ['--problems', none],
        `${none}: No prompt of the list is held out of training by its hash (about one in eight is), so nothing can be evaluated: add more problems.`,
      ],
    ];
    for (const [args, sentence] of cases)
      expect(await headless(...COMMON, ...args)).toEqual({ code: 2, out: [], notes: [sentence] });
    const other = await headless('evaluate', '--model', model, '--task', 'countdown');
    expect(other.code).toBe(2);
    expect(other.notes[0]).toMatch(
      /guessing was not made for the task countdown: its alphabet "01>:=\." lacks "2" and /,
    );
    const unknown = await headless('evaluate', '--model', model, '--task', 'sudoku');
    expect(unknown.notes[0]).toMatch(/^There is no task "sudoku"; the tasks are countdown, /);
  });
});
