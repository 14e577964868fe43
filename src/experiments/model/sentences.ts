// What may be said of an experiment on a language model in words. A difference is named only where its interval leaves
// out zero, and none is named from a handful of questions.

import type { Interval, PairedComparison } from '../../grpo/statistics.ts';
import { fourDigits, manyComparisons, signed } from '../verdict.ts';
import type { ArmEntropies, ArmFindings, ModelFindings } from './findings.ts';

/** With fewer questions a bootstrap over them is far too narrow. */
const LEAST_QUESTIONS = 5;
/** A token that was drawn less often says little. */
const LEAST_DRAWN = 20;
const HOTTEST = 5;
/** Share of rollouts that were cut, from which on it is said. */
const CUT_SHARE = 0.05;

type Told = Omit<ModelFindings, 'sentences'>;

/** @param maxNewTokens where rollouts were cut */
export function sentencesOf(findings: Told, maxNewTokens: number): string[] {
  if (findings.done === 0) return [];
  const [first] = findings.entropies;
  return [
    ...(findings.done < findings.cells
      ? [`${findings.done} of ${findings.cells} cells are drawn, and only these are told of.`]
      : []),
    ...findings.arms.flatMap((arm) => cutSentence(arm, maxNewTokens)),
    ...findings.arms.flatMap((arm) => extremeSentence(arm, findings.rollouts)),
    ...comparisons(findings),
    ...(first === undefined ? [] : [...domainSentence(first), ...tokenSentence(first)]),
  ];
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;

function cutSentence({ name, finished }: ArmFindings, maxNewTokens: number): string[] {
  if (finished === null || 1 - finished < CUT_SHARE) return [];
  return [
    `${name}: ${(100 * (1 - finished)).toFixed(0)} % of the rollouts were cut after ${count(maxNewTokens, 'token')}, and one that had no right answer by then counts as wrong.`,
  ];
}

/**
 * Where all questions come out alike, resampling them gives an interval without a width. How often one may come out
 * otherwise follows from their number Q: with a chance above 1 - .05^(1/Q), Q alike are met with a probability below .05.
 */
const mostPercent = (questions: number) => (100 * (1 - 0.05 ** (1 / questions))).toFixed(1);

function extremeSentence({ name, avg, questions }: ArmFindings, n: number): string[] {
  if (avg === null || (avg.mean !== 0 && avg.mean !== 1)) return [];
  const which = avg.mean === 0 ? 'none is' : 'all are';
  const others = avg.mean === 0 ? 'a right one' : 'a wrong one';
  return [
    `${name}: of the rollouts of ${count(questions, 'question')} ${which} right, so the interval has no width and says nothing; the chance that a question gets ${others} among ${count(n, 'rollout')} may still be up to ${mostPercent(questions)} % (95 %, exact).`,
  ];
}

function comparisons({ arms, rollouts: n }: Told): string[] {
  const baseline = arms[0]!.name;
  const compared = arms.flatMap(({ name, difference }) => {
    if (difference === null) return [];
    const last = difference.pass.at(-1)!;
    const measures = [
      { label: `avg@${n}`, rate: difference.avg },
      ...(last.k > 1 ? [{ label: `pass@${last.k}`, rate: last.rate }] : []),
    ];
    return measures.map(({ label, rate }) => comparison(name, baseline, label, rate, difference.questions));
  });
  const many = manyComparisons(compared.length);
  return many === '' ? compared : [...compared, many];
}

function comparison(
  name: string,
  baseline: string,
  label: string,
  { mean, low, high }: PairedComparison,
  questions: number,
): string {
  if (questions < LEAST_QUESTIONS)
    return `Nothing can be said yet of ${name} against ${baseline} in ${label}: ${signed(mean)} over ${count(questions, 'question')} that both have; at least ${LEAST_QUESTIONS} are needed.`;
  if (mean === 0 && low === high)
    return `${name} and ${baseline} do not differ in ${label} in any of the ${count(questions, 'question')} that both have, so the interval has no width; the chance that a question differs may still be up to ${mostPercent(questions)} % (95 %, exact).`;
  const figures = `${signed(mean)}, 95 % interval ${signed(low)} to ${signed(high)}, ${count(questions, 'question')} that both have`;
  if (low > 0 || high < 0)
    return `${name} is ${low > 0 ? 'higher' : 'lower'} than ${baseline} in ${label}: ${figures}; the interval excludes zero.`;
  return `No difference between ${name} and ${baseline} could be shown in ${label}: ${figures}; the interval includes zero.`;
}

const interval = ({ mean, low, high }: Interval) =>
  `${fourDigits(mean)} nats (95 % interval ${fourDigits(low)} to ${fourDigits(high)})`;

function domainSentence({ name, domains }: ArmEntropies): string[] {
  if (domains.length < 2) return [];
  const order = [...domains].sort((a, b) => b.meanNats.mean - a.meanNats.mean);
  const [highest, lowest] = [order[0]!, order.at(-1)!];
  const [most, least] = [highest.meanNats, lowest.meanNats];
  const fewest = Math.min(highest.questions, lowest.questions);
  const verdict =
    fewest < LEAST_QUESTIONS
      ? `at least ${LEAST_QUESTIONS} questions of each are needed to tell that from chance`
      : least.high < most.low
        ? 'the intervals do not overlap'
        : 'the intervals overlap, so no difference could be shown';
  const ends =
    fewest < LEAST_QUESTIONS
      ? [`${fourDigits(most.mean)} nats`, `${fourDigits(least.mean)} nats`]
      : [interval(most), interval(least)];
  return [
    `Tokens that ${name} drew have the highest mean entropy in ${highest.domain}, ${ends[0]}, and the lowest in ${lowest.domain}, ${ends[1]}: ${fourDigits(most.mean - least.mean)} nats apart; ${verdict}.`,
  ];
}

function tokenSentence({ name, tokens }: ArmEntropies): string[] {
  const hottest = tokens.filter(({ count: times }) => times >= LEAST_DRAWN).slice(0, HOTTEST);
  if (hottest.length === 0) return [];
  const list = hottest.map(
    ({ piece, meanNats, count: times }) => `${JSON.stringify(piece)} (${fourDigits(meanNats)} nats, ${times} times)`,
  );
  return [
    `Of the tokens that ${name} drew at least ${LEAST_DRAWN} times, these were drawn from the highest mean entropy: ${list.join(', ')}.`,
  ];
}
