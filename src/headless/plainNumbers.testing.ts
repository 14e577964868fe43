// The numbers of a results file in the plainest way: binomials in whole numbers, and a bootstrap over all n^n
// resamples. Nothing here is shared with the code that it checks.

type Counts = readonly number[];

interface PlainEvaluation {
  readonly name: string;
  readonly step: number;
  readonly n: number;
  readonly correct: Counts;
  readonly greedy: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly entropyNats: Readonly<Record<string, number | null>>;
  readonly histogram: { readonly binNats: number } & Readonly<
    Record<'fork' | 'knowledge' | 'format' | 'unknown', Counts>
  >;
  readonly gate: { readonly precision: number | null; readonly recall: number | null };
  readonly knowledgeRight: number | null;
}

export interface PlainCell {
  readonly arm: string;
  readonly at: readonly unknown[];
  readonly seed: number;
  readonly evaluations: readonly PlainEvaluation[];
  readonly curve: { readonly every: number; readonly metrics: Readonly<Record<string, readonly (number | null)[]>> };
  readonly timing: Readonly<Record<string, number | null>>;
}

/** What a results file holds, as far as it is read here. */
export interface PlainData {
  readonly experiment: {
    readonly name: string;
    readonly baseline: string;
    readonly arms: readonly { readonly name: string }[];
    readonly sweep: readonly { readonly values: readonly unknown[] }[];
  };
  readonly cells: readonly PlainCell[];
}

const plainBinomial = (n: number, k: number): bigint => {
  let value = 1n;
  for (let i = 0; i < k; i++) value = (value * BigInt(n - i)) / BigInt(i + 1);
  return k > n ? 0n : value;
};
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const meanOf = (values: readonly number[]) => sum(values) / values.length;

/** Of an evaluation, by the last part of the id. */
function evaluationNumber(evaluation: PlainEvaluation, what: string): number | null {
  const { n, correct, histogram } = evaluation;
  const [kind, k] = what.split('@');
  if (kind === 'avg') return sum(correct) / correct.length / n;
  if (kind === 'pass') {
    const all = plainBinomial(n, Number(k));
    return meanOf(correct.map((c) => 1 - Number((plainBinomial(n - c, Number(k)) * 10n ** 15n) / all) / 1e15));
  }
  const roles = (['fork', 'knowledge', 'format', 'unknown'] as const).map((role) => histogram[role]);
  const tokens = sum(roles.flat());
  const countIf = (holds: (lowEdge: number) => boolean) =>
    sum(roles.flatMap((counts) => counts.filter((_, bin) => holds(bin * histogram.binNats + 1e-9))));
  switch (what) {
    case 'greedy':
      return evaluation.greedy;
    case 'wrong arithmetic':
      return evaluation.outcomes['wrong arithmetic']! / (n * correct.length);
    case 'knowledge right':
      return evaluation.knowledgeRight;
    case 'entropy of forks':
      return evaluation.entropyNats['fork']!;
    case 'entropy of knowledge':
      return evaluation.entropyNats['knowledge']!;
    case 'below 0.1 nats':
      return countIf((edge) => edge < 0.1) / tokens;
    case '0.5 nats or more':
      return countIf((edge) => edge >= 0.5) / tokens;
    case 'forks above knowledge': {
      const pairs = histogram.fork.flatMap((forks, i) =>
        histogram.knowledge.map((known, j) => forks * known * (i > j ? 1 : i === j ? 0.5 : 0)),
      );
      return pairs.length === 0 ? null : sum(pairs) / sum(histogram.fork) / sum(histogram.knowledge);
    }
    case 'gate precision':
      return evaluation.gate.precision;
    case 'gate recall':
      return evaluation.gate.recall;
    default:
      throw new Error(`The recomputation does not know ${what}.`);
  }
}

/** A number of a run by its id, at a step or, with null, the last that there is. */
export function numberOf(cell: PlainCell, id: string, step: number | null): number | null {
  const [kind, ...rest] = id.split('/');
  if (kind === 'timing') return cell.timing[rest[0]!] ?? null;
  if (kind === 'curve') {
    const values = cell.curve.metrics[rest.join('/')] ?? [];
    if (step !== null) return values[step / cell.curve.every - 1] ?? null;
    return values.filter((value) => value !== null).at(-1) ?? null;
  }
  const found = cell.evaluations.filter((each) => each.name === rest[0] && (step === null || each.step === step));
  return found.length === 0 ? null : evaluationNumber(found.at(-1)!, rest.slice(1).join('/'));
}

/** t_{n-1, .975} of tables, by n. */
const STUDENT: Readonly<Record<number, number>> = { 5: 2.7764451051977943, 10: 2.2621571627982053 };
const MOST_WRITTEN_DOWN = 6;
/** Up to so many values the program counts resamples, beyond it draws 10 000 of them. */
const MOST_COUNTED_THERE = 8;
/** Four standard errors of a percentile of 10 000 drawn resamples, as a share of the interval's width. */
const DRAWING_ERROR = 0.04;

/** The standard normal distribution below x < 0, by Simpson's rule from -12. */
function normalBelow(x: number): number {
  const [pieces, from] = [20_000, -12];
  const width = (x - from) / pieces;
  const density = (at: number) => Math.exp(-(at ** 2) / 2) / Math.sqrt(2 * Math.PI);
  let total = density(from) + density(x);
  for (let i = 1; i < pieces; i++) total += (i % 2 === 1 ? 4 : 2) * density(from + i * width);
  return (total * width) / 3;
}

export interface Ends {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** How far off an end may be where the program drew resamples. */
  readonly slack: number;
}

interface Weighed {
  readonly mean: number;
  readonly weight: number;
}

/** All n^n ordered resamples, one by one. */
function writtenDown(values: readonly number[]): Weighed[] {
  const n = values.length;
  const count = n ** n;
  return Array.from({ length: count }, (_, resample) => {
    let total = 0;
    for (let i = 0, digits = resample; i < n; i++, digits = Math.floor(digits / n)) total += values[digits % n]!;
    return { mean: total / n, weight: 1 / count };
  });
}

/** The same, those of equal counts together: n! / (c1! c2! ...) of them. */
function byCounts(values: readonly number[]): Weighed[] {
  const n = values.length;
  const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));
  const all: Weighed[] = [];
  const choose = (i: number, left: number, total: number, ways: number): void => {
    if (i === n - 1) all.push({ mean: (total + left * values[i]!) / n, weight: ways / factorial(left) / n ** n });
    else for (let c = 0; c <= left; c++) choose(i + 1, left - c, total + c * values[i]!, ways / factorial(c));
  };
  choose(0, n, 0, factorial(n));
  return all;
}

/** The first mean at which this share of the weight is reached. */
function reached(sorted: readonly Weighed[], share: number): number {
  let weight = 0;
  return sorted.find((each) => {
    weight += each.weight;
    return weight >= share;
  })!.mean;
}

/** The mean of values, one a seed, and the ends of its 95 % interval: expanded percentiles of the bootstrap. */
export function bootstrap(values: readonly number[]): Ends {
  const n = values.length;
  const resamples = n <= MOST_WRITTEN_DOWN ? writtenDown(values) : byCounts(values);
  resamples.sort((a, b) => a.mean - b.mean);
  const tail = normalBelow(-Math.sqrt(n / (n - 1)) * STUDENT[n]!);
  const [low, high] = [reached(resamples, tail), reached(resamples.toReversed(), tail)];
  return { value: meanOf(values), low, high, slack: n <= MOST_COUNTED_THERE ? 0 : DRAWING_ERROR * (high - low) };
}

/** What may be said of a number beside `none`: more than one thing where an end that may be off is next to it. */
export function verdictsFrom({ low, high, slack }: Ends, none = 0): string[] {
  const said = [
    [low + slack > none, 'higher'],
    [high - slack < none, 'lower'],
    [low - slack <= none && high + slack >= none, 'no difference'],
  ] as const;
  return said.flatMap(([mayBe, verdict]) => (mayBe ? [verdict] : []));
}
