import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskByName } from './index.ts';
import { OwnProblemsError, ownProblemsSource, parseOwnProblems } from './ownProblems.ts';
import { partOf } from './split.ts';
import { answerCheck, VERIFIERS, type VerifierName } from './verifiers.ts';

const countdown = taskByName('countdown');
const algebra = taskByName('linear-equation');

function outcome(verifier: VerifierName, answer: string, completion: string): string {
  const check = answerCheck(verifier, answer, '.');
  if (typeof check !== 'function') throw new Error(check.unfit);
  const verdict = check(completion);
  expect(verdict.reward).toBe(verdict.outcome === 'ok' ? 1 : 0);
  return verdict.outcome;
}

describe('verifiers', () => {
  it.each<[VerifierName, string, string, string]>([
    ['exact', '22', '3*5=15;15+7=22.', 'ok'],
    ['exact', '22', '22.', 'ok'],
    ['exact', '22', '1;22.', 'ok'],
    ['exact', '22', '122.', 'wrong answer'],
    ['exact', '22', '=022.', 'wrong answer'],
    ['exact', '22', '22=.', 'wrong answer'],
    ['exact', 'x=2', '2x=4;x=2.', 'ok'],
    ['exact', 'x=2', '2x=2.', 'wrong answer'],
    ['exact', '22', '22', 'unfinished'],
    ['exact', '22', '22..', 'format'],
    ['exact', '22', '.', 'wrong answer'],
    ['integer', '22', '3*5=15;15+7=22.', 'ok'],
    ['integer', '22', '022.', 'ok'],
    ['integer', '-7', '=-7.', 'ok'],
    ['integer', '7', '15-7.', 'ok'],
    ['integer', '-7', '15-7.', 'wrong answer'],
    ['integer', '-7', '(3)--7.', 'ok'],
    ['integer', '22', '22;7=.', 'wrong answer'],
    ['integer', '22', '=.', 'format'],
    ['integer', '123456789012345678901234567890', '123456789012345678901234567891.', 'wrong answer'],
    ['expression', '2x+2', '2(x+1).', 'ok'],
    ['expression', '2x+2', '7=x;y=2(1+x).', 'ok'],
    ['expression', '2x+2', '2x+3.', 'wrong answer'],
    ['expression', '2x+2', '2x+.', 'format'],
    ['expression', '2x+2', '2x+2=.', 'format'],
    ['expression', '2x+2', '2/(x-x).', 'wrong arithmetic'],
    ['expression', '2x+2', '9^9^9.', 'illegal'],
    ['expression', '2x+2', '2x+2', 'unfinished'],
  ])('%s: of %s, %s is %s', (verifier, answer, completion, expected) => {
    expect(outcome(verifier, answer, completion)).toBe(expected);
  });

  it.each<[VerifierName, string, string]>([
    ['exact', '', 'is empty'],
    ['exact', '2.', 'holds the stop character "."'],
    ['integer', '1/2', 'is not a whole number'],
    ['integer', '+2', 'is not a whole number'],
    ['expression', '2+', 'is not an expression of numbers, letters, + - * / ^ and brackets'],
    ['expression', '1/0', 'divides by zero'],
    ['expression', '9^99', 'is too large to be compared'],
    ['expression', '1/(a+b)+1/(b+c)+1/(c+d)+1/(d+e)+1/(e+f)+1/(f+g)+1/(g+h)', 'is too large to be compared'],
  ])('%s: %j is no answer: it %s', (verifier, answer, unfit) => {
    expect(answerCheck(verifier, answer, '.')).toEqual({ unfit });
  });

  it('give any completion a verdict, and the answer itself reward', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'0123456789xy+-*/^()=;.'), maxLength: 40 }),
    );
    const outcomes = ['ok', 'wrong answer', 'wrong arithmetic', 'illegal', 'unfinished', 'format'];
    fc.assert(
      fc.property(fc.constantFrom(...VERIFIERS), fc.integer(), texts, (verifier, number, text) => {
        const answer = String(number);
        expect(outcomes).toContain(outcome(verifier, answer, text));
        expect(outcome(verifier, answer, `${answer}.`)).toBe('ok');
        expect(outcome(verifier, answer, `1+1=${answer}.`)).toBe('ok');
        expect(outcome(verifier, answer, `${answer};${number + 1}.`)).toBe('wrong answer');
        if (!text.includes('.')) expect(outcome(verifier, answer, text)).toBe('unfinished');
      }),
      { numRuns: 300 },
    );
  });

  it('agree on whole numbers', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.bigInt({ min: -99n, max: 99n }), (a, b) => {
        for (const verifier of VERIFIERS)
          expect(outcome(verifier, String(a), `=${b}.`)).toBe(a === b ? 'ok' : 'wrong answer');
      }),
    );
  });
});

const parse = (text: string, verifier: VerifierName = 'integer') =>
  parseOwnProblems(countdown, verifier, text, 'own.jsonl');

describe('parseOwnProblems', () => {
  it('reads a prompt and an answer a line, and skips blank lines', () => {
    const text = '{"prompt":"1+1>","answer":"2"}\r\n\n  \n{"prompt":"1+2>","answer":-3}';
    expect(parse(text)).toEqual([
      { prompt: '1+1>', answer: '2' },
      { prompt: '1+2>', answer: '-3' },
    ]);
  });

  it('tells every bad line with its number, in a sentence each', () => {
    const lines = [
      '{"prompt":"1>","answer":"2"}',
      'prompt',
      '["1>","2"]',
      '{"prompt":"1+1>"}',
      '{"prompt":"1+1>","answer":2,"hint":1}',
      '{"prompt":"1+1>","answer":2.5}',
      '{"prompt":"","answer":2}',
      '{"prompt":"x>","answer":2}',
      '{"prompt":"2>","answer":"x"}',
      '{"prompt":"3>","answer":"2."}',
      '{"prompt":"4>","answer":"2+2"}',
      '{"prompt":"1>","answer":"3"}',
    ];
    const shape = 'it must be {"prompt": text, "answer": text or whole number} and nothing else.';
    const alphabet = 'which is not in the alphabet "0123456789+-*/=; >." of countdown.';
    expect(() => parse(lines.join('\n'))).toThrow(
      new OwnProblemsError(
        [
          'own.jsonl line 2: it is not JSON.',
          `own.jsonl line 3: ${shape}`,
          `own.jsonl line 4: ${shape}`,
          `own.jsonl line 5: ${shape}`,
          `own.jsonl line 6: ${shape}`,
          'own.jsonl line 7: the prompt is empty.',
          `own.jsonl line 8: the prompt holds "x", ${alphabet}`,
          `own.jsonl line 9: the answer holds "x", ${alphabet}`,
          'own.jsonl line 10: the answer "2." holds the stop character ".".',
          'own.jsonl line 11: the answer "2+2" is not a whole number.',
          'own.jsonl line 12: the prompt "1>" stands on line 1 already.',
        ].join('\n'),
      ),
    );
  });

  it('counts what it does not list', () => {
    expect(() => parse('?\n'.repeat(30))).toThrow(
      /line 20: it is not JSON.\nown.jsonl: 10 more lines are not accepted.$/,
    );
  });

  it('refuses a list without a problem', () => {
    expect(() => parse('\n \n')).toThrow('own.jsonl: there is no problem in it.');
  });

  it('accepts or refuses any text with an OwnProblemsError', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.constantFrom(...VERIFIERS), (text, verifier) => {
        try {
          expect(parse(text, verifier).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(OwnProblemsError);
        }
      }),
    );
  });
});

describe('ownProblemsSource', () => {
  const problems = Array.from({ length: 100 }, (_, i) => ({ prompt: `${i}+1>`, answer: String(i + 1) }));

  it('holds out by the hash of the prompt, and goes through a part in an order of the seed before it repeats', async () => {
    const source = await ownProblemsSource(countdown, 'integer', problems);
    expect(source.counts.training + source.counts['held-out']).toBe(100);
    for (const part of ['training', 'held-out'] as const) {
      const expected = problems.map(({ prompt }) => prompt).filter((prompt) => partOf(prompt) === part);
      expect(source.counts[part]).toBe(expected.length);
      const round = (seed: number, first: number) =>
        expected.map((_, i) => source.problem(part, seed, first * expected.length + i).prompt);
      for (const [seed, first] of [
        [0, 0],
        [0, 1],
        [9, 5],
      ] as const)
        expect(round(seed, first).toSorted()).toEqual(expected.toSorted());
      expect(round(0, 0)).toEqual(round(0, 0));
      expect(round(0, 0)).not.toEqual(round(0, 1));
      expect(round(0, 0)).not.toEqual(round(1, 0));
    }
  });

  it('judges by the chosen verifier, and knows no roles', async () => {
    const source = await ownProblemsSource(algebra, 'expression', [{ prompt: '2x=4>', answer: '2' }]);
    const part = partOf('2x=4>');
    const problem = source.problem(part, 0, 0);
    expect(problem.verify('x=4/2.')).toEqual({ reward: 1, outcome: 'ok' });
    expect(problem.roles('x=2.')).toEqual([null, null, null, null]);
  });

  it('labels by content', async () => {
    const label = async (...args: Parameters<typeof ownProblemsSource>) => (await ownProblemsSource(...args)).label;
    const first = await label(countdown, 'integer', problems);
    expect(first).toMatch(/^own integer [0-9a-f]{16}$/);
    expect(await label(countdown, 'integer', [...problems])).toBe(first);
    expect(await label(countdown, 'exact', problems)).not.toBe(first);
    expect(await label(countdown, 'integer', problems.slice(1))).not.toBe(first);
  });

  it('says which side of the split is empty', async () => {
    const held = problems.find(({ prompt }) => partOf(prompt) === 'held-out')!;
    const trained = problems.find(({ prompt }) => partOf(prompt) === 'training')!;
    const [only, none] = await Promise.all([held, trained].map((one) => ownProblemsSource(countdown, 'exact', [one])));
    expect(only!.problem('held-out', 0, 7).prompt).toBe(held.prompt);
    expect(() => only!.problem('training', 0, 0)).toThrow(
      'Every prompt of the list is held out of training by its hash (about one in eight is), so nothing can be trained on: add more problems.',
    );
    expect(() => none!.problem('held-out', 0, 0)).toThrow(
      'No prompt of the list is held out of training by its hash (about one in eight is), so nothing can be evaluated: add more problems.',
    );
  });
});
