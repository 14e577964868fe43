// What the cells of an experiment on a language model say. Pure: the same cells, in any order, give the same findings.
//
// Rates are means over questions whose cell is there, and intervals bootstrap over those questions. An arm is compared
// with the first one over the questions that both have.

import { bootstrapInterval, mean, pairedBootstrap, passAtK } from '../../grpo/statistics.ts';
import type { ModelCellResult } from './cellResult.ts';
import { type ModelExperiment, modelCellsOf } from './definition.ts';
import { binsOf, entropiesOf } from './entropies.ts';
import type { ArmFindings, ArmRates, ModelFindings } from './findings.ts';
import { BOOTSTRAP_SEED, resamplesFor } from './resamples.ts';
import { sentencesOf } from './sentences.ts';

/** 1, 2, 4 ... below n, and n. */
export function passKs(n: number): number[] {
  const ks: number[] = [];
  for (let k = 1; k < n; k *= 2) ks.push(k);
  return [...ks, n];
}

export function analyseModelExperiment(experiment: ModelExperiment, drawn: readonly ModelCellResult[]): ModelFindings {
  const { questions, arms, rollouts: n } = experiment;
  const cells = [...drawn].sort((a, b) => a.question - b.question || a.arm - b.arm);
  const ofArm = arms.map((_, arm) => cells.filter((cell) => cell.arm === arm));
  const domains = [...new Set(questions.map(({ domain }) => domain))];
  const bins = binsOf(cells);
  const correctOf = ofArm.map((those) => new Map(those.map((cell) => [cell.question, correctIn(cell)])));

  const findings = {
    rollouts: n,
    done: cells.length,
    cells: modelCellsOf(experiment).length,
    domains,
    arms: arms.map(({ name }, arm): ArmFindings => {
      const correct = correctOf[arm]!;
      const isOf =
        (domain: string) =>
        ([question]: [number, number]) =>
          questions[question]!.domain === domain;
      return {
        name,
        ...ratesOf([...correct.values()], n),
        byDomain: domains.map((domain) => ({
          domain,
          ...ratesOf(
            [...correct].filter(isOf(domain)).map(([, count]) => count),
            n,
          ),
        })),
        difference: arm === 0 ? null : differenceOf(ofArm[0]!, ofArm[arm]!, n),
        ...totalsOf(ofArm[arm]!),
      };
    }),
    entropies: arms.flatMap(({ name }, arm) => {
      const those = ofArm[arm]!;
      return those.length === 0 ? [] : [entropiesOf(experiment, name, those, bins)];
    }),
    questions: questions.map(({ id, domain, words, check }, question) => ({
      id,
      domain,
      words,
      answer: check.kind === 'math' ? check.answer : null,
      correct: correctOf.map((counts) => counts.get(question) ?? null),
    })),
    adapters: [...new Set(cells.map(({ adapter }) => adapter))],
    seconds: cells.reduce((sum, { seconds }) => sum + seconds, 0),
  };
  return { ...findings, sentences: sentencesOf(findings, experiment.maxNewTokens) };
}

const correctIn = ({ verdicts }: ModelCellResult): number => verdicts.filter(({ reward }) => reward === 1).length;

const bootstrap = (questions: number) => ({ seed: BOOTSTRAP_SEED, resamples: resamplesFor(questions) });

/** @param correct rollouts of n, one a question */
function ratesOf(correct: readonly number[], n: number): ArmRates {
  if (correct.length === 0) return { questions: 0, avg: null, pass: [] };
  const rate = (k: number) =>
    bootstrapInterval(
      correct.map((count) => passAtK(n, count, k)),
      bootstrap(correct.length),
    );
  // The share of correct rollouts is pass@1.
  const avg = rate(1);
  return { questions: correct.length, avg, pass: passKs(n).map((k) => ({ k, rate: k === 1 ? avg : rate(k) })) };
}

/** after - before over the questions of both; null without one. */
function differenceOf(
  before: readonly ModelCellResult[],
  after: readonly ModelCellResult[],
  n: number,
): ArmFindings['difference'] {
  const byQuestion = new Map(before.map((cell) => [cell.question, cell]));
  const pairs = after.flatMap((cell) => {
    const twin = byQuestion.get(cell.question);
    return twin === undefined ? [] : [{ before: twin, after: cell }];
  });
  if (pairs.length === 0) return null;
  const rate = (k: number) => {
    const of = (which: 'before' | 'after') => pairs.map((pair) => passAtK(n, correctIn(pair[which]), k));
    return pairedBootstrap(of('before'), of('after'), bootstrap(pairs.length));
  };
  const same = pairs.reduce((sum, pair) => sum + sameIn(pair.before, pair.after), 0);
  const avg = rate(1);
  return {
    questions: pairs.length,
    sameRollouts: same / (n * pairs.length),
    avg,
    pass: passKs(n).map((k) => ({ k, rate: k === 1 ? avg : rate(k) })),
  };
}

/** Rollouts of equal tokens. */
function sameIn({ rollouts: a }: ModelCellResult, { rollouts: b }: ModelCellResult): number {
  return a.filter(({ ids }, i) => {
    const others = b[i]?.ids;
    return others?.length === ids.length && ids.every((id, t) => id === others[t]);
  }).length;
}

type Totals = Omit<ArmFindings, 'name' | 'byDomain' | 'difference' | keyof ArmRates>;

function totalsOf(cells: readonly ModelCellResult[]): Totals {
  let rollouts = 0;
  let finished = 0;
  let tokens = 0;
  let hot = 0;
  let nats = 0;
  const outcomes = new Map<string, number>();
  for (const cell of cells) {
    for (const rollout of cell.rollouts) {
      rollouts += 1;
      if (rollout.finished) finished += 1;
      tokens += rollout.ids.length;
      for (const gate of rollout.hot) hot += gate;
      for (const entropy of rollout.entropyNats) nats += entropy;
    }
    for (const { outcome } of cell.verdicts) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    rollouts,
    tokens,
    meanLength: share(tokens, rollouts),
    finished: share(finished, rollouts),
    hotShare: share(hot, tokens),
    entropyNats: share(nats, tokens),
    distinctAnswers: distinctAnswers(cells),
    outcomes: [...outcomes]
      .map(([outcome, count]) => ({ outcome, rollouts: count }))
      .sort((a, b) => b.rollouts - a.rollouts || (a.outcome < b.outcome ? -1 : 1)),
  };
}

/** Answers that differ as they are written, but for white space at their ends; over the questions that got one. */
function distinctAnswers(cells: readonly ModelCellResult[]): number | null {
  const counts = cells
    .map(({ verdicts }) => new Set(verdicts.flatMap(({ extracted }) => extracted?.trim() ?? [])).size)
    .filter((count) => count > 0);
  return counts.length === 0 ? null : mean(counts);
}
