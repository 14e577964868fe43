import { describe, expect, it } from 'vitest';
import { cellsOf, ExperimentError, parseExperiment } from './definition.ts';
import { resultOf, resultsWith, TWO_ARMS } from './results.testing.ts';
import { gather, missingCells, readExperiment, readResults, writeResults } from './results.ts';

const experiment = parseExperiment(TWO_ARMS);
const bytesOf = (text: string) => new TextEncoder().encode(text);
const all = () => Promise.all(cellsOf(experiment).map((cell) => resultOf(experiment, cell)));

const refused = (act: Promise<unknown>, sentence: RegExp) =>
  act.then(
    () => expect.unreachable('it was accepted'),
    (cause: unknown) => {
      expect(cause).toBeInstanceOf(ExperimentError);
      expect((cause as Error).message).toMatch(sentence);
    },
  );

describe('gather', () => {
  it("puts results in the experiment's order, whoever brought them in which", async () => {
    const results = await all();
    const shuffled = [...results.slice(7), ...results.slice(0, 7).reverse()];
    expect((await gather(experiment, shuffled)).cells).toEqual(results);
  });

  it('takes a cell that is there twice once, the first', async () => {
    const [one, two] = await all();
    const again = { ...one!, timing: { ...one!.timing, seconds: 999 } };
    expect((await gather(experiment, [one!, two!, again])).cells).toEqual([one, two]);
  });

  it('refuses a result of another experiment', async () => {
    const other = parseExperiment({ ...TWO_ARMS, steps: 11 });
    const foreign = await resultOf(other, cellsOf(other)[0]!);
    await refused(gather(experiment, [foreign]), /^The result of a, seed 0 is of another experiment than two arms\.$/);
  });

  it('refuses a result whose config, arm or place was changed under its key', async () => {
    const [one] = await all();
    await refused(gather(experiment, [{ ...one!, arm: 'b' }]), /another experiment/);
    await refused(gather(experiment, [{ ...one!, at: [3] }]), /another experiment/);
    await refused(gather(experiment, [{ ...one!, config: { ...one!.config, prompts: 3 } }]), /another experiment/);
  });
});

describe('missingCells', () => {
  it('are those without a result', async () => {
    const results = await resultsWith({ a: [1, 2, null, 4, 5], b: [1, null, 3, 4, 5] });
    expect(missingCells(results).map(({ arm, seed }) => [arm, seed])).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
  });
});

describe('a results file', () => {
  it('is read as it was written, a line a run', async () => {
    const results = await gather(experiment, await all());
    const text = writeResults(results);
    expect(text.trimEnd().split('\n')).toHaveLength(12);
    expect(await readResults(bytesOf(text), 'r.json')).toEqual(results);
    expect(writeResults(await readResults(bytesOf(text), 'r.json'))).toBe(text);
  });

  it.each([
    ['{', /^r\.json/],
    ['[]', /^r\.json holds no results: /],
    ['{"version":2,"experiment":{},"cells":[]}', /^r\.json holds no results: .*version/],
    ['{"version":1,"experiment":{},"cells":[]}', /^r\.json: name is not accepted: /],
    ['{"version":1,"experiment":{},"cells":[{"version":1}]}', /^r\.json holds no results: .*cells\.0|cells\[0\]/],
  ])('that is broken is refused with one sentence (%s)', async (text, sentence) => {
    await refused(readResults(bytesOf(text), 'r.json'), sentence);
  });

  it('with a number that is none is refused', async () => {
    const text = writeResults(await gather(experiment, await all())).replace('"greedy":0.5', '"greedy":null');
    await refused(readResults(bytesOf(text), 'r.json'), /^r\.json holds no results: .*greedy/);
  });
});

describe('readExperiment', () => {
  it('reads a definition, and names the file of one that it refuses', () => {
    expect(readExperiment(bytesOf(JSON.stringify(TWO_ARMS)), 'e.json')).toEqual(experiment);
    expect(() => readExperiment(bytesOf('{"name":"x","name":"y"}'), 'e.json')).toThrow(/^e\.json/);
    expect(() => readExperiment(bytesOf('{"name":"x"}'), 'e.json')).toThrow(/^e\.json: arms is not accepted/);
  });
});
