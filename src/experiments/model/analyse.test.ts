// Findings against what a second, slow and simple, computation says of the same cells.

import { describe, expect, it } from 'vitest';
import { type MadeUp, madeUpCells, madeUpExperiment } from './analyse.testing.ts';
import { analyseModelExperiment, passKs } from './analyse.ts';
import type { ModelCellResult } from './cellResult.ts';

const MADE: MadeUp = {
  domains: ['algebra', 'geometry', 'algebra', 'logic', 'algebra', 'geometry', 'logic', 'algebra'],
  arms: ['base', 'hot', 'cold'],
  rollouts: 6,
};
const experiment = madeUpExperiment(MADE);
const cells = madeUpCells(MADE);
const findings = analyseModelExperiment(experiment, cells);

const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** pass@k by looking at every choice of k rollouts. */
function passOfSubsets({ verdicts }: ModelCellResult, k: number): number {
  let choices = 0;
  let right = 0;
  for (let mask = 0; mask < 1 << verdicts.length; mask++) {
    const chosen = verdicts.filter((_, i) => (mask >> i) & 1);
    if (chosen.length !== k) continue;
    choices += 1;
    if (chosen.some(({ reward }) => reward === 1)) right += 1;
  }
  return right / choices;
}

/** Every token that some cells hold, as one list. */
const tokensOf = (some: readonly ModelCellResult[]) =>
  some.flatMap(({ rollouts }) =>
    rollouts.flatMap(({ ids, entropyNats, hot, logp1 }) =>
      Array.from(ids, (id, t) => ({ id, nats: entropyNats[t]!, hot: hot[t]!, p1: Math.exp(logp1[t]!) })),
    ),
  );

/** Linear between order statistics. */
function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below * (1 - (place % 1)) + above * (place % 1);
}

const ofArm = (arm: number) => cells.filter((cell) => cell.arm === arm);
const domainOf = ({ question }: ModelCellResult) => MADE.domains[question]!;

describe('rates', () => {
  it('are told for 1, 2, 4 ... and n', () => {
    expect(passKs(1)).toEqual([1]);
    expect(passKs(2)).toEqual([1, 2]);
    expect(passKs(6)).toEqual([1, 2, 4, 6]);
    expect(passKs(8)).toEqual([1, 2, 4, 8]);
  });

  it('are the means over questions of what all choices of k rollouts give, over all and in each domain', () => {
    for (const [arm, found] of findings.arms.entries()) {
      expect(found.name).toBe(MADE.arms[arm]);
      expect(found.byDomain.map(({ domain }) => domain)).toEqual(['algebra', 'geometry', 'logic']);
      const groups = [
        { rates: found, of: ofArm(arm) },
        ...found.byDomain.map((rates) => ({ rates, of: ofArm(arm).filter((cell) => domainOf(cell) === rates.domain) })),
      ];
      for (const { rates, of } of groups) {
        expect(rates.questions).toBe(of.length);
        expect(rates.pass.map(({ k }) => k)).toEqual([1, 2, 4, 6]);
        for (const { k, rate } of rates.pass) {
          expect(rate.mean).toBeCloseTo(average(of.map((cell) => passOfSubsets(cell, k))), 12);
          expect(rate.low).toBeLessThanOrEqual(rate.mean);
          expect(rate.high).toBeGreaterThanOrEqual(rate.mean);
        }
        expect(rates.avg!.mean).toBeCloseTo(
          average(of.flatMap(({ verdicts }) => verdicts.map(({ reward }) => reward))),
          12,
        );
      }
    }
  });

  it('are compared over the questions that both arms have, and over no others', () => {
    const missing = cells.filter(({ question, arm }) => !(arm === 0 && question < 2) && !(arm === 1 && question === 7));
    const { arms } = analyseModelExperiment(experiment, missing);
    expect(arms.map(({ questions }) => questions)).toEqual([6, 7, 8]);
    expect(arms[0]!.difference).toBeNull();
    for (const [arm, common] of [
      [1, [2, 3, 4, 5, 6]],
      [2, [2, 3, 4, 5, 6, 7]],
    ] as const) {
      const { difference } = arms[arm]!;
      expect(difference!.questions).toBe(common.length);
      const cellOf = (question: number, of: number) =>
        cells.find((cell) => cell.question === question && cell.arm === of)!;
      for (const { k, rate } of difference!.pass)
        expect(rate.mean).toBeCloseTo(
          average(common.map((q) => passOfSubsets(cellOf(q, arm), k) - passOfSubsets(cellOf(q, 0), k))),
          12,
        );
      expect(difference!.avg).toEqual(difference!.pass[0]!.rate);
    }
  });

  it('tell which share of rollouts a rule left as they are', () => {
    const copied = cells.map((cell) => {
      if (cell.arm === 0) return cell;
      const first = cells.find(({ question, arm }) => question === cell.question && arm === 0)!;
      // Of six rollouts two have another first token, and one ends a token later.
      const rollouts = first.rollouts.map((rollout, row) => {
        const { ids, entropyNats, hot, logp1 } = rollout;
        if (row < 2) return { ...rollout, ids: ids.with(0, (ids[0]! + 1) % 12) };
        if (row < 5) return rollout;
        const more = { entropyNats: [...entropyNats, 0], hot: [...hot, 0], logp1: [...logp1, 0] };
        return {
          ...rollout,
          ids: Int32Array.of(...ids, 0),
          entropyNats: Float32Array.from(more.entropyNats),
          hot: Uint8Array.from(more.hot),
          logp1: Float32Array.from(more.logp1),
        };
      });
      return { ...cell, rollouts };
    });
    const { arms } = analyseModelExperiment(experiment, copied);
    expect(arms.map(({ difference }) => difference?.sameRollouts)).toEqual([undefined, 0.5, 0.5]);
  });

  it('say nothing where nothing is drawn', () => {
    const none = analyseModelExperiment(experiment, []);
    expect(none).toMatchObject({ done: 0, cells: 24, adapters: [], entropies: [], sentences: [], seconds: 0 });
    for (const arm of none.arms)
      expect(arm).toMatchObject({
        ...{ questions: 0, avg: null, pass: [], difference: null, rollouts: 0, tokens: 0, meanLength: null },
        ...{ finished: null, hotShare: null, entropyNats: null, distinctAnswers: null, outcomes: [] },
      });
    const other = analyseModelExperiment(experiment, ofArm(1));
    expect(other.arms[1]!.difference).toBeNull();
    expect(other.entropies.map(({ name }) => name)).toEqual(['hot']);
    expect(other.questions[3]!.correct).toEqual([null, expect.any(Number), null]);
  });
});

describe('what an arm drew', () => {
  it('is counted anew', () => {
    for (const [arm, found] of findings.arms.entries()) {
      const of = ofArm(arm);
      const rollouts = of.flatMap((cell) => cell.rollouts);
      const tokens = tokensOf(of);
      expect(found.rollouts).toBe(48);
      expect(found.tokens).toBe(tokens.length);
      expect(found.meanLength).toBeCloseTo(tokens.length / 48, 12);
      expect(found.finished).toBe(rollouts.filter(({ finished }) => finished).length / 48);
      expect(found.hotShare).toBeCloseTo(average(tokens.map(({ hot }) => hot)), 12);
      expect(found.entropyNats).toBeCloseTo(average(tokens.map(({ nats }) => nats)), 10);
      const outcomes = of.flatMap(({ verdicts }) => verdicts.map(({ outcome }) => outcome));
      for (const { outcome, rollouts: count } of found.outcomes)
        expect(count).toBe(outcomes.filter((one) => one === outcome).length);
      expect(found.outcomes.reduce((sum, { rollouts: count }) => sum + count, 0)).toBe(48);
      const counts = found.outcomes.map(({ rollouts: count }) => count);
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
    }
  });

  it('has as many answers as differ in writing, over questions with one', () => {
    const answers = (...extracted: (string | null)[]): ModelCellResult['verdicts'] =>
      extracted.map((answer) => ({ reward: 0, outcome: 'wrong answer', extracted: answer }));
    const [first, second, third] = ofArm(0);
    const some = [
      { ...first!, verdicts: answers('3', ' 3', '4', null, '3', '5') },
      { ...second!, verdicts: answers(null, null, null, null, null, null) },
      { ...third!, verdicts: answers('1', '1', '1', '1', '1', null) },
    ];
    expect(analyseModelExperiment(experiment, some).arms[0]!.distinctAnswers).toBe(2);
    expect(analyseModelExperiment(experiment, [some[1]!]).arms[0]!.distinctAnswers).toBeNull();
  });

  it('is told question by question', () => {
    expect(findings.questions).toHaveLength(8);
    for (const [question, found] of findings.questions.entries()) {
      expect(found).toMatchObject({ id: `q${question}`, domain: MADE.domains[question], answer: `${question}` });
      expect(found.correct).toEqual(
        [0, 1, 2].map(
          (arm) =>
            cells
              .find((cell) => cell.question === question && cell.arm === arm)!
              .verdicts.filter(({ reward }) => reward === 1).length,
        ),
      );
    }
    expect(findings).toMatchObject({ rollouts: 6, done: 24, cells: 24, seconds: 12 });
    expect(findings.adapters).toEqual(['one GPU', 'another GPU']);
  });
});

describe('entropies', () => {
  it('of a domain are those of all its tokens', () => {
    for (const [arm, { name, domains }] of findings.entropies.entries()) {
      expect(name).toBe(MADE.arms[arm]);
      expect(domains.map(({ domain }) => domain)).toEqual(['algebra', 'geometry', 'logic']);
      for (const found of domains) {
        const of = ofArm(arm).filter((cell) => domainOf(cell) === found.domain);
        const tokens = tokensOf(of);
        const nats = tokens.map((token) => token.nats);
        expect(found).toMatchObject({ questions: of.length, tokens: nats.length });
        found.counts.forEach((count, i) => {
          const inside = nats.filter((x) => Math.floor(x / found.binNats) === i);
          expect(count).toBe(inside.length);
        });
        expect(found.counts.reduce((a, b) => a + b, 0)).toBe(nats.length);
        const { p10, p50, p80, p90 } = found.quantilesNats;
        for (const [q, value] of [
          [0.1, p10],
          [0.5, p50],
          [0.8, p80],
          [0.9, p90],
        ] as const)
          expect(value).toBeCloseTo(quantile(nats, q), 6);
        expect(found.meanNats.mean).toBeCloseTo(average(nats), 10);
        expect(found.meanNats.low).toBeLessThan(found.meanNats.mean);
        expect(found.meanNats.high).toBeGreaterThan(found.meanNats.mean);
        expect(found.hotShare).toBeCloseTo(average(tokens.map(({ hot }) => hot)), 12);
      }
    }
    expect(new Set(findings.entropies.flatMap(({ domains }) => domains.map(({ counts }) => counts.length))).size).toBe(
      1,
    );
  });

  it('of a token are those of all places where it was drawn, highest first', () => {
    for (const [arm, { domains, tokens }] of findings.entropies.entries()) {
      const all = tokensOf(ofArm(arm));
      expect(tokens.map(({ id }) => id).sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
      for (const found of tokens) {
        const those = all.filter(({ id }) => id === found.id);
        const nats = those.map((token) => token.nats);
        expect(found).toMatchObject({ piece: `t${found.id}`, count: those.length });
        expect(found.meanNats).toBeCloseTo(average(nats), 10);
        expect(found.p10Nats).toBeCloseTo(quantile(nats, 0.1), 6);
        expect(found.p90Nats).toBeCloseTo(quantile(nats, 0.9), 6);
        expect(found.hotShare).toBeCloseTo(average(those.map(({ hot }) => hot)), 12);
        expect(found.meanP1).toBeCloseTo(average(those.map(({ p1 }) => p1)), 10);
        expect(found.byDomain).toEqual(
          domains.map(
            ({ domain }) =>
              tokensOf(ofArm(arm).filter((cell) => domainOf(cell) === domain)).filter(({ id }) => id === found.id)
                .length,
          ),
        );
      }
      for (const [i, { meanNats }] of tokens.slice(1).entries())
        expect(meanNats).toBeLessThanOrEqual(tokens[i]!.meanNats);
    }
  });

  it('that are equal stand by rising id, and one that rounding put below 0 is in the first bin', () => {
    const [cell] = cells;
    const flat = (entropy: number) =>
      cell!.rollouts.map((rollout) => ({ ...rollout, entropyNats: rollout.entropyNats.map(() => entropy) }));
    const [{ tokens }] = analyseModelExperiment(experiment, [{ ...cell!, rollouts: flat(0.5) }]).entropies as [
      (typeof findings.entropies)[number],
    ];
    expect(tokens.map(({ id }) => id)).toEqual(tokens.map(({ id }) => id).sort((a, b) => a - b));
    const below = analyseModelExperiment(experiment, [{ ...cell!, rollouts: flat(-1e-7) }]).entropies[0]!;
    expect(below.domains[0]!.counts).toEqual([below.domains[0]!.tokens]);
  });
});

it('does not matter in which order cells come', () => {
  const shuffled = cells.map((cell, i) => ({ cell, key: (7 * i) % 24 })).sort((a, b) => a.key - b.key);
  expect(
    analyseModelExperiment(
      experiment,
      shuffled.map(({ cell }) => cell),
    ),
  ).toEqual(findings);
});

describe('sentences', () => {
  const domains = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'algebra' : 'geometry'));
  const told = (made: Partial<MadeUp>, keep: (cell: ModelCellResult) => boolean = () => true) => {
    const whole = { domains, arms: ['base', 'hot'], rollouts: 4, ...made };
    return analyseModelExperiment(madeUpExperiment(whole), madeUpCells(whole).filter(keep)).sentences.join('\n');
  };

  it('name a difference whose interval leaves out zero, with its figures', () => {
    const words = told({ chance: ({ arm }) => (arm === 0 ? 20 : 70) });
    expect(words).toMatch(
      /^hot is higher than base in avg@4: \+0\.\d{4}, 95 % interval \+0\.\d{4} to \+0\.\d{4}, 40 /m,
    );
    expect(words).toMatch(/^hot is higher than base in pass@4: /m);
    expect(words).toContain('These are 2 comparisons');
    expect(told({ chance: ({ arm }) => (arm === 0 ? 70 : 20) })).toMatch(/^hot is lower than base in avg@4: -/m);
  });

  it('tell what may still be where all rollouts came out alike', () => {
    const words = told({ chance: ({ arm }) => (arm === 0 ? 0 : 100) });
    const [, none] = /^base: of the rollouts of 40 questions none is right.* a right one .* up to ([\d.]+) %/m.exec(
      words,
    )!;
    const [, all] = /^hot: of the rollouts of 40 questions all are right.* a wrong one .* up to ([\d.]+) %/m.exec(
      words,
    )!;
    expect(none).toBe(all);
    // 40 questions without one are just as likely as one experiment in twenty.
    expect((1 - Number(none) / 100) ** 40).toBeCloseTo(0.05, 3);
    expect(told({ chance: () => 50 })).not.toContain('may still be');
  });

  it('tell what may still be where no question came out otherwise by another rule', () => {
    const words = told({ chance: () => 100 });
    for (const label of ['avg@4', 'pass@4']) {
      const sentence = `hot and base do not differ in ${label} in any of the 40 questions that both have, so the interval has no width; the chance that a question differs may still be up to 7.2 % (95 %, exact).`;
      expect(words.split('\n')).toContain(sentence);
    }
    expect(words).not.toContain('+0.0000');
    // All differ, and all by as much.
    const all = told({ chance: ({ arm }) => (arm === 0 ? 0 : 100) });
    expect(all).toContain('hot is higher than base in avg@4: +1.0000, 95 % interval +1.0000 to +1.0000');
  });

  it('name none where it does not, or where questions are few', () => {
    const same = told({ chance: () => 50 });
    expect(same).toMatch(/^No difference between hot and base could be shown in avg@4: .*includes zero\.$/m);
    expect(same).not.toMatch(/higher than|lower than/);
    const few = told({ domains: domains.slice(0, 4), chance: ({ arm }) => (arm === 0 ? 0 : 100) });
    expect(few).toMatch(/^Nothing can be said yet of hot against base in avg@4: \+1\.0000 over 4 questions /m);
    expect(few).not.toMatch(/higher than|lower than|do not overlap|No difference/);
    expect(few).toContain('at least 5 questions of each are needed to tell that from chance');
  });

  it('name the domains of the highest and the lowest entropy', () => {
    expect(told({ moreNats: ({ question }) => (question % 2 === 0 ? 0 : 1) })).toMatch(
      /^Tokens that base drew have the highest mean entropy in geometry, 2\.\d{4} nats \(95 % interval .*\), and the lowest in algebra, 1\.\d{4} nats .*: [01]\.\d{4} nats apart; the intervals do not overlap\.$/m,
    );
    expect(told({ moreNats: () => 0 })).toContain('the intervals overlap, so no difference could be shown');
    expect(told({ domains: domains.map(() => 'algebra') })).not.toContain('mean entropy in');
  });

  it('name the hottest tokens among those that were drawn often enough', () => {
    const list = /^Of the tokens that base drew at least 20 times, .*: (.*)\.$/m.exec(told({}))?.[1]?.split('), ');
    expect(list).toHaveLength(5);
    const { entropies } = analyseModelExperiment(
      madeUpExperiment({ domains, arms: ['base', 'hot'], rollouts: 4 }),
      madeUpCells({ domains, arms: ['base', 'hot'], rollouts: 4 }),
    );
    const hottest = entropies[0]!.tokens.filter(({ count }) => count >= 20)[0]!;
    expect(list![0]).toBe(`"${hottest.piece}" (${hottest.meanNats.toFixed(4)} nats, ${hottest.count} times`);
    expect(told({ domains: ['algebra'], rollouts: 1 })).not.toContain('Of the tokens');
  });

  it('tell how much is drawn, and how much was cut', () => {
    expect(told({}, ({ question }) => question < 3)).toMatch(/^6 of 80 cells are drawn, and only these are told of\./);
    expect(told({})).not.toContain('cells are drawn');
    expect(told({})).toMatch(/^base: \d+ % of the rollouts were cut after 30 tokens, /m);
  });
});
