import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HUB_PROBLEMS, type HubProblems, readHubProblems } from './hub.ts';
import { readProblems } from './problemFile.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const lines = (...rows: readonly unknown[]) => bytes(rows.map((row) => JSON.stringify(row)).join('\n'));

/** In the manner of GSM8K: its columns, its calculator marks, its "####". */
const GRADE_SCHOOL = [
  { question: 'Ida has 3 boxes of 12 pens. How many pens is that?', answer: '3 * 12 = <<3*12=36>>36\n#### 36' },
  { question: 'A bus seats 1,250 people in 25 trips. How many per trip?', answer: '1250 / 25 = 50\n#### 50' },
  { question: 'Bo earns $1,000 and spends nothing. What is left?', answer: 'All of it.\n#### 1,000' },
];
const columnsOf = (rows: readonly { question: string; answer: string }[]) => [
  { name: 'question', data: rows.map(({ question }) => question), type: 'STRING' as const },
  { name: 'answer', data: rows.map(({ answer }) => answer), type: 'STRING' as const },
];
const gradeSchool = new Uint8Array(parquetWriteBuffer({ columnData: columnsOf(GRADE_SCHOOL) }));

/** In the manner of MATH-500. */
const COMPETITION = {
  problem: 'What is $1+1$?',
  solution: 'It is $\\boxed{2}$.',
  answer: '2',
  subject: 'Prealgebra',
  level: 1,
  unique_id: 'test/prealgebra/1.json',
};

describe('readProblems', () => {
  it('reads JSONL in every manner', async () => {
    const { problems, faults } = await readProblems(
      'mine.jsonl',
      lines(
        COMPETITION,
        { ...COMPETITION, unique_id: undefined, answer: undefined, level: 'Level 5', type: 'Algebra', subject: null },
        GRADE_SCHOOL[0],
        { prompt: 'Half of one?', answer: 0.5, domain: 'Fractions' },
        { prompt: 'Which? ', answer: '\\boxed{\\text{(A)}}', id: 7, level: 'hard' },
      ),
    );
    expect(faults).toEqual([]);
    const source = 'mine.jsonl';
    expect(problems).toEqual([
      { id: 'test/prealgebra/1.json', domain: 'prealgebra', level: 1, prompt: 'What is $1+1$?', answer: '2', source },
      { id: 'line 2', domain: 'algebra', level: 5, prompt: 'What is $1+1$?', answer: '2', source },
      { id: 'line 3', domain: 'arithmetic', level: null, prompt: GRADE_SCHOOL[0]!.question, answer: '36', source },
      { id: 'line 4', domain: 'fractions', level: null, prompt: 'Half of one?', answer: '0.5', source },
      { id: '7', domain: 'other', level: null, prompt: 'Which?', answer: '\\text{(A)}', source },
    ]);
  });

  it('reads a JSON list, as bytes and as a file', async () => {
    const list = bytes(` \n${JSON.stringify([COMPETITION])}`);
    const { problems } = await readProblems('list.json', list);
    expect(problems.map(({ answer }) => answer)).toEqual(['2']);
    expect(await readProblems('list.json', new Blob([list]))).toEqual({ problems, faults: [] });
  });

  it('reads parquet with the columns of GSM8K', async () => {
    const { problems, faults } = await readProblems('test-00000-of-00001.parquet', gradeSchool);
    expect(faults).toEqual([]);
    expect(problems.map(({ id, domain, prompt, answer }) => ({ id, domain, prompt, answer }))).toEqual(
      GRADE_SCHOOL.map(({ question }, index) => ({
        id: `row ${index + 1}`,
        domain: 'arithmetic',
        prompt: question,
        answer: ['36', '50', '1,000'][index],
      })),
    );
  });

  it('reads parquet with whole numbers, several row groups, other columns and another compression', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => i);
    const buffer = parquetWriteBuffer({
      codec: 'GZIP',
      compressors: { GZIP: (input: Uint8Array) => new Uint8Array(gzipSync(input)) },
      rowGroupSize: 7,
      columnData: [
        { name: 'problem', data: rows.map((i) => `What is ${i} + 1?`), type: 'STRING' },
        { name: 'solution', data: rows.map((i) => `It is \\boxed{${i + 1}}.`), type: 'STRING' },
        { name: 'level', data: rows.map((i) => BigInt(1 + (i % 5))), type: 'INT64' },
        { name: 'unrelated', data: rows.map((i) => i / 2), type: 'DOUBLE' },
      ],
    });
    const { problems, faults } = await readProblems('m.parquet', new Uint8Array(buffer));
    expect(faults).toEqual([]);
    expect(problems.map(({ answer }) => answer)).toEqual(rows.map((i) => String(i + 1)));
    expect(problems.map(({ level }) => level)).toEqual(rows.map((i) => 1 + (i % 5)));
  });

  it('leaves out what is not accepted, with a sentence for each', async () => {
    const good = { prompt: 'p', answer: '1' };
    const text = [
      JSON.stringify(good),
      '{"prompt": "p"',
      '',
      '{"prompt": "p", "prompt": "q", "answer": "1"}',
      ...[
        1,
        { answer: '1' },
        { prompt: ' ', answer: '1' },
        { prompt: 'p' },
        { prompt: 'p', answer: ['1'] },
        { prompt: 5, answer: '1' },
        { prompt: 'p', solution: 'It is 2.' },
        { prompt: 'p', answer: 'So it is clear. ####' },
        { prompt: 'p'.repeat(20_001), answer: '1' },
        { prompt: 'p', answer: '1'.repeat(1001) },
        { ...good, id: 'line 1' },
      ].map((row) => JSON.stringify(row)),
    ].join('\r\n');
    const { problems, faults } = await readProblems('f', bytes(text));
    expect(problems).toHaveLength(1);
    expect(faults).toEqual([
      'f, line 2: it is not valid JSON.',
      'f, line 4: it holds the name "prompt" twice.',
      'f, line 5: it must be an object with "problem" and "answer".',
      'f, line 6: it has no "problem", "question" or "prompt".',
      'f, line 7: it has no "problem", "question" or "prompt".',
      'f, line 8: it has no "answer" or "solution".',
      'f, line 9: "answer" must be text or a number.',
      'f, line 10: "prompt" must be text.',
      'f, line 11: its solution ends with no \\boxed{...} and no "####".',
      'f, line 12: its solution ends with no \\boxed{...} and no "####".',
      'f, line 13: its problem is longer than 20000 characters.',
      'f, line 14: its answer is longer than 1000 characters.',
      'f, line 15: the id "line 1" was there before.',
    ]);
  });

  it('counts faults beyond the twentieth', async () => {
    const many = Array.from({ length: 50 }, () => ({ prompt: 'p' }));
    const { faults } = await readProblems('f', lines({ prompt: 'p', answer: '1' }, ...many));
    expect(faults).toHaveLength(21);
    expect(faults.at(-1)).toBe('f: 30 more rows are not accepted.');
  });

  const damaged = gradeSchool.slice();
  damaged.fill(0xff, 4, 60);
  const noProblems = new Uint8Array(
    parquetWriteBuffer({ columnData: [{ name: 'text', data: ['a'], type: 'STRING' }] }),
  );
  it.each([
    ['an empty file', bytes(''), /^f is not in a form that is read here: JSONL, JSON .* and parquet are accepted\.$/],
    ['CSV', bytes('question,answer\n"What?",42\n'), /^f is not in a form that is read here/],
    ['an empty list', bytes('[]'), /^f holds no problem/],
    ['a broken list', bytes('[1,'), /^f is not valid JSON\.$/],
    ['only bad rows', lines({ prompt: 'p' }), /^f, line 1: it has no "answer" or "solution"\.$/],
    ['bytes', Uint8Array.of(0x89, 0x50, 0xff, 0xfe), /^f is neither text in UTF-8 nor parquet/],
    ['parquet cut off', gradeSchool.slice(0, -40), /^f is neither text/],
    [
      'parquet with broken metadata',
      bytes(`PAR1${'x'.repeat(50)}\u0010\u0000\u0000\u0000PAR1`),
      /^f is a parquet file/,
    ],
    ['parquet with broken pages', damaged, /^f is a parquet file that cannot be read/],
    ['parquet of something else', noProblems, /^f has no column "problem", "question" or "prompt"\.$/],
    ['a huge file', new Uint8Array(64 * 2 ** 20 + 1), /^f is larger than 64 MiB: give a part of it\.$/],
  ])('refuses %s in a sentence', async (_, content, message) => {
    const failure = await readProblems('f', content).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'ProblemFileError', message: expect.stringMatching(message) });
  });
});

/** A hub on this machine. */
async function hubWith(files: Readonly<Record<string, Uint8Array>>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const file = files[request.url!];
    if (file === undefined) return response.writeHead(404).end('<html>not here</html>');
    response.writeHead(200, { 'content-length': file.byteLength });
    response.write(file.subarray(0, 10));
    // The second part waits for the first to be seen.
    setImmediate(() => response.end(file.subarray(10)));
    return response;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  onTestFinished(async () => void (await close()));
  return { hub: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked, close };
}

describe('readHubProblems', () => {
  const [gsm8k, math500] = HUB_PROBLEMS as [HubProblems, HubProblems];
  const GSM8K_PATH = '/datasets/openai/gsm8k/resolve/main/main/test-00000-of-00001.parquet';
  const MATH_PATH = '/datasets/HuggingFaceH4/MATH-500/resolve/main/test.jsonl';

  it('loads both sets with progress and one request each', async () => {
    const { hub, asked } = await hubWith({ [GSM8K_PATH]: gradeSchool, [MATH_PATH]: lines(COMPETITION) });
    const seen: number[] = [];
    const { problems } = await readHubProblems(gsm8k, {
      hub,
      onProgress: ({ loadedBytes, totalBytes }) => {
        expect(totalBytes).toBe(gradeSchool.byteLength);
        seen.push(loadedBytes);
      },
    });
    expect(problems.map(({ answer, source, domain }) => [answer, source, domain])).toEqual([
      ['36', 'GSM8K', 'arithmetic'],
      ['50', 'GSM8K', 'arithmetic'],
      ['1,000', 'GSM8K', 'arithmetic'],
    ]);
    expect(seen.at(-1)).toBe(gradeSchool.byteLength);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect((await readHubProblems(math500, { hub })).problems[0]).toMatchObject({ domain: 'prealgebra', level: 1 });
    expect(asked).toEqual([GSM8K_PATH, MATH_PATH]);
  });

  it('stops when it is cancelled', async () => {
    const { hub } = await hubWith({ [GSM8K_PATH]: gradeSchool });
    const controller = new AbortController();
    const loading = readHubProblems(gsm8k, { hub, signal: controller.signal, onProgress: () => controller.abort() });
    await expect(loading).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('says in a sentence what went wrong', async () => {
    const { hub, close } = await hubWith({ [MATH_PATH]: bytes('<html>sign in</html>') });
    const { host } = new URL(hub);
    const messageOf = (set: HubProblems) =>
      readHubProblems(set, { hub }).then(
        () => null,
        (error: Error) => error.message,
      );
    expect(await messageOf(gsm8k)).toBe(`${host} has no GSM8K to give (it answered 404): try again later.`);
    expect(await messageOf(math500)).toMatch(/^MATH-500 is not in a form that is read here/);
    await close();
    expect(await messageOf(gsm8k)).toBe(
      `${host} cannot be reached, or the transfer broke: check the connection, or open GSM8K from a file instead.`,
    );
  });
});
