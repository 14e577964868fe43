// Tables and records of an experiment on a language model, read back.

import { describe, expect, it } from 'vitest';
import { parseRolloutRecord, rolloutOfRecord } from '../../grpo/rolloutRecord.ts';
import { taskByName } from '../../tasks/index.ts';
import { taskSource } from '../../tasks/source.ts';
import { type MadeUp, madeUpCells, madeUpExperiment } from './analyse.testing.ts';
import { analyseModelExperiment } from './analyse.ts';
import { parseModelExperiment } from './definition.ts';
import { answering, COUNTDOWN, drawnBy, randomPolicy, testSession } from './drawCell.testing.ts';
import { drawModelCell } from './drawCell.ts';
import { cellRecords, experimentDocument, rolloutLines } from './records.ts';
import { modelTables } from './tables.ts';

const MADE: MadeUp = { domains: ['algebra', 'logic', 'algebra'], arms: ['base', 'a "hot", arm'], rollouts: 4 };
const experiment = madeUpExperiment(MADE);
/** The last cell is not drawn yet. */
const cells = madeUpCells(MADE).slice(0, -1);
const findings = analyseModelExperiment(experiment, cells);

/** RFC 4180, a character at a time: lines by the names of their columns. */
function readCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  let field = '';
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (isQuoted && character === '"' && text[i + 1] === '"') {
      field += '"';
      i += 1;
    } else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (character === ',' || text.startsWith('\r\n', i))) {
      rows.at(-1)!.push(field);
      field = '';
      if (character !== ',') {
        rows.push([]);
        i += 1;
      }
    } else field += character;
  }
  const [head, ...lines] = rows.slice(0, -1);
  for (const line of lines) expect(line).toHaveLength(head!.length);
  return lines.map((line) => Object.fromEntries(line.map((value, i) => [head![i]!, value])));
}
const tables = new Map(modelTables(findings).map(({ name, text }) => [name, readCsv(text)]));
const table = (name: string) => tables.get(`${name}.csv`)!;

describe('tables', () => {
  it('have their names', () => {
    const names = ['arms', 'pass', 'domains', 'histogram', 'tokens', 'questions'];
    expect([...tables.keys()]).toEqual(names.map((name) => `${name}.csv`));
  });

  it('hold the arms, with differences from the first, and every outcome', () => {
    const [base, hot] = table('arms');
    const found = findings.arms[1]!;
    expect(base).toMatchObject({
      arm: 'base',
      questions: '3',
      difference: '',
      same_rollouts: '',
      p_different: '',
      compared_questions: '',
    });
    expect(hot).toMatchObject({
      arm: 'a "hot", arm',
      questions: '2',
      compared_questions: '2',
      'avg@4': `${found.avg!.mean}`,
      'avg@4_low': `${found.avg!.low}`,
      'avg@4_high': `${found.avg!.high}`,
      difference: `${found.difference!.avg.mean}`,
      same_rollouts: `${found.difference!.sameRollouts}`,
      difference_high: `${found.difference!.avg.high}`,
      p_different: `${found.difference!.avg.pDifferent}`,
      tokens: `${found.tokens}`,
      hot_share: `${found.hotShare}`,
    });
    const sum = Object.entries(hot!).reduce(
      (s, [name, value]) => s + (name.startsWith('outcome/') ? Number(value) : 0),
      0,
    );
    expect(sum).toBe(8);
  });

  it('hold pass@k of each arm over all domains and in each', () => {
    const lines = table('pass');
    expect(lines).toHaveLength(2 * 3 * 3);
    for (const arm of findings.arms)
      for (const { domain, pass } of [{ ...arm, domain: '' }, ...arm.byDomain])
        for (const { k, rate } of pass)
          expect(
            lines.find((line) => line['arm'] === arm.name && line['domain'] === domain && line['k'] === `${k}`),
          ).toMatchObject({
            'pass@k': `${rate.mean}`,
            'pass@k_low': `${rate.low}`,
            difference: `${(domain === '' ? arm.difference?.pass.find((one) => one.k === k)?.rate.mean : null) ?? ''}`,
          });
  });

  it('hold domains, their histograms, tokens and questions', () => {
    expect(table('domains').map(({ arm, domain, tokens, p80 }) => ({ arm, domain, tokens, p80 }))).toEqual(
      findings.entropies.flatMap(({ name, domains }) =>
        domains.map(({ domain, tokens, quantilesNats }) => ({
          arm: name,
          domain,
          tokens: `${tokens}`,
          p80: `${quantilesNats.p80}`,
        })),
      ),
    );
    const bins = table('histogram').filter(({ arm, domain }) => arm === 'base' && domain === 'logic');
    expect(bins.map(({ tokens }) => Number(tokens))).toEqual(findings.entropies[0]!.domains[1]!.counts);
    expect(bins[3]).toMatchObject({ from_nats: '0.15', to_nats: '0.2' });
    const tokens = table('tokens');
    expect(tokens).toHaveLength(findings.entropies.reduce((sum, arm) => sum + arm.tokens.length, 0));
    for (const line of tokens)
      expect(Number(line['count/algebra']) + Number(line['count/logic'])).toBe(Number(line['count']));
    expect(table('questions')[2]).toEqual({
      question: 'q2',
      domain: 'algebra',
      words: 'Question 2, "quoted"?',
      answer: '2',
      n: '4',
      'correct/base': `${findings.questions[2]!.correct[0]}`,
      'correct/a "hot", arm': '',
    });
  });
});

describe('records', () => {
  it('read back to the same rollouts, a group a cell', () => {
    const lines = [...rolloutLines(experiment, cells)].join('').split('\n').slice(0, -1);
    expect(lines).toHaveLength(5 * 4);
    const records = lines.map((line, i) => parseRolloutRecord(line, `line ${i + 1}`));
    for (const [i, record] of records.entries()) {
      const cell = cells[Math.floor(i / 4)]!;
      const member = i % 4;
      const { reward, outcome } = cell.verdicts[member]!;
      expect(record).toMatchObject({
        ...{ task: 'math', step: null, group: 2 * cell.question + cell.arm, member, reward, outcome, scored: null },
        ...{ prompt: `Question ${cell.question}, "quoted"?`, completion: cell.texts[member], ladderOffset: 0 },
      });
      expect(record.role.every((role) => role === null)).toBe(true);
      expect(rolloutOfRecord(record, member)).toEqual({ ...cell.rollouts[member]!, group: record.group });
    }
  });

  it('say the place on the ladder that each rollout was drawn at, and the roles of a task', async () => {
    const task = taskByName('countdown');
    const difficulty = Object.keys(task.difficulties)[0]!;
    const posed = taskSource(task, difficulty).problem('held-out', 0, 0);
    const asked = parseModelExperiment({
      ...experiment,
      questions: [
        {
          id: 'a',
          domain: 'countdown',
          words: posed.prompt,
          prompt: { text: posed.prompt },
          stopText: task.stop,
          check: { kind: 'task', task: 'countdown', difficulty, seed: 0, index: 0 },
        },
      ],
      // A ladder that no batch holds whole begins anew in each.
      arms: [
        { name: 'ladder', sampler: { temperature: { rule: 'fixed' }, ladder: { offsets: [0, 0.1, 0.2, 0.3, 0.4] } } },
      ],
      rollouts: 7,
      together: 3,
    });
    const options = {
      queuesBefore: [],
      judge: () => {
        throw new Error('There is no mathematics here.');
      },
    };
    const place = { question: 0, arm: 0 };
    const drawn = await drawModelCell(testSession(drawnBy(await randomPolicy()), COUNTDOWN), asked, place, options);
    const records = cellRecords(asked, drawn);
    expect(records.map(({ ladderOffset }) => ladderOffset)).toEqual([0, 0.1, 0.2, 0, 0.1, 0.2, 0]);
    for (const { ladderOffset, tau } of records) for (const each of tau) expect(each).toBeCloseTo(1 + ladderOffset, 6);
    expect(records.map(({ task: name }) => name)).toEqual(records.map(() => 'countdown'));

    // The first numbers of the prompt, joined: what stands there is known.
    const legal = posed.prompt.split(' ').slice(0, 2).join('+');
    const session = testSession(answering(COUNTDOWN, [legal]), COUNTDOWN);
    const written = cellRecords(asked, await drawModelCell(session, asked, place, options));
    expect(written[0]!.role).toEqual(posed.roles(legal));
    expect(written[0]!.role).not.toContain(null);
  });
});

it('one document holds the definition, which can be read again, and the findings', () => {
  const document = JSON.parse(experimentDocument(experiment, findings));
  expect(document).toMatchObject({ kind: 'model-experiment', version: 1 });
  expect(parseModelExperiment(document.experiment)).toEqual(experiment);
  expect(document.findings).toEqual(findings);
});
