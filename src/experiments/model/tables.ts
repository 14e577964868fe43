// What an experiment on a language model found, as tables for other programs. Empty fields: not defined, or not drawn yet.

import { type CsvValue, csvText } from '../csv.ts';
import type { ArmFindings, ArmRates, ModelFindings } from './findings.ts';

type Row = readonly CsvValue[];

export interface TableFile {
  readonly name: string;
  readonly text: string;
}

interface Ends {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Nothing at all where there is no interval. */
const ends = (of: Ends | null | undefined): Row => (of == null ? [null, null, null] : [of.mean, of.low, of.high]);
const named = (...names: string[]) => names.flatMap((name) => [name, `${name}_low`, `${name}_high`]);

/** A line an arm. */
function armsTable({ arms, rollouts: n }: ModelFindings): Row[] {
  const outcomes = [...new Set(arms.flatMap((arm) => arm.outcomes.map(({ outcome }) => outcome)))].sort();
  const totals = ['rollouts', 'tokens', 'mean_length', 'finished', 'hot_share', 'entropy_nats', 'distinct_answers'];
  const head = [
    ...['arm', 'questions', ...named(`avg@${n}`)],
    ...['compared_questions', ...named('difference'), 'p_different', 'same_rollouts'],
    ...totals,
    ...outcomes.map((outcome) => `outcome/${outcome}`),
  ];
  return [
    head,
    ...arms.map((arm): Row => {
      const { difference } = arm;
      return [
        ...[arm.name, arm.questions, ...ends(arm.avg)],
        ...[difference?.questions ?? null, ...ends(difference?.avg), difference?.avg.pDifferent ?? null],
        difference?.sameRollouts ?? null,
        ...[arm.rollouts, arm.tokens, arm.meanLength, arm.finished, arm.hotShare, arm.entropyNats],
        arm.distinctAnswers,
        ...outcomes.map((outcome) => arm.outcomes.find((one) => one.outcome === outcome)?.rollouts ?? 0),
      ];
    }),
  ];
}

/** A line for each k of each arm: over all domains, where the domain is empty, and in each. */
function passTable({ arms }: ModelFindings): Row[] {
  const lines = ({ name, difference }: ArmFindings, domain: string, { questions, pass }: ArmRates) =>
    pass.map(({ k, rate }): Row => {
      const against = domain === '' ? difference?.pass.find((one) => one.k === k)?.rate : null;
      return [name, domain, questions, k, ...ends(rate), ...ends(against), against?.pDifferent ?? null];
    });
  return [
    ['arm', 'domain', 'questions', 'k', ...named('pass@k', 'difference'), 'p_different'],
    ...arms.flatMap((arm) => [
      ...lines(arm, '', arm),
      ...arm.byDomain.flatMap((rates) => lines(arm, rates.domain, rates)),
    ]),
  ];
}

/** A line for each domain of each arm. */
function domainsTable({ entropies }: ModelFindings): Row[] {
  return [
    ['arm', 'domain', 'questions', 'tokens', ...named('mean_nats'), 'p10', 'p50', 'p80', 'p90', 'hot_share'],
    ...entropies.flatMap(({ name, domains }) =>
      domains.map(({ domain, questions, tokens, meanNats, quantilesNats: { p10, p50, p80, p90 }, hotShare }): Row => {
        return [name, domain, questions, tokens, ...ends(meanNats), p10, p50, p80, p90, hotShare];
      }),
    ),
  ];
}

/** A line a bin: tokens whose entropy is at least `from_nats` and below `to_nats`. */
function histogramTable({ entropies }: ModelFindings): Row[] {
  return [
    ['arm', 'domain', 'from_nats', 'to_nats', 'tokens'],
    ...entropies.flatMap(({ name, domains }) =>
      domains.flatMap(({ domain, binNats, counts }) => {
        // Edges without the last digits that multiplying adds.
        const edge = (bin: number) => Number((bin * binNats).toFixed(6));
        return counts.map((tokens, bin): Row => [name, domain, edge(bin), edge(bin + 1), tokens]);
      }),
    ),
  ];
}

/** A line for each token of the vocabulary that an arm drew. */
function tokensTable({ entropies, domains }: ModelFindings): Row[] {
  const numbers = ['mean_nats', 'p10', 'p90', 'hot_share', 'mean_p1'];
  return [
    ['arm', 'id', 'token', 'count', ...numbers, ...domains.map((domain) => `count/${domain}`)],
    ...entropies.flatMap((arm) => {
      const places = domains.map((domain) => arm.domains.findIndex((one) => one.domain === domain));
      return arm.tokens.map(
        ({ id, piece, count, meanNats, p10Nats, p90Nats, hotShare, meanP1, byDomain }): Row => [
          ...[arm.name, id, piece, count, meanNats, p10Nats, p90Nats, hotShare, meanP1],
          ...places.map((place) => byDomain[place] ?? 0),
        ],
      );
    }),
  ];
}

/** A line a question: how many of n rollouts of each arm are correct. */
function questionsTable({ questions, arms, rollouts }: ModelFindings): Row[] {
  return [
    ['question', 'domain', 'words', 'answer', 'n', ...arms.map(({ name }) => `correct/${name}`)],
    ...questions.map(
      ({ id, domain, words, answer, correct }): Row => [id, domain, words, answer, rollouts, ...correct],
    ),
  ];
}

/** All tables, as CSV. */
export function modelTables(findings: ModelFindings): TableFile[] {
  const tables = {
    arms: armsTable(findings),
    pass: passTable(findings),
    domains: domainsTable(findings),
    histogram: histogramTable(findings),
    tokens: tokensTable(findings),
    questions: questionsTable(findings),
  };
  return Object.entries(tables).map(([name, rows]) => ({ name: `${name}.csv`, text: csvText(rows) }));
}
