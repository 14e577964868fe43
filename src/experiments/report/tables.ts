// Tables of an experiment's results, as Markdown.

import { differences, shortHash } from '../../grpo/runIdentity.ts';
import { type Measure, measureById } from '../measures.ts';
import { missingCells, type Results } from '../results.ts';
import { type PointResults, type PointSummary, pointResults, summaryAt } from '../summary.ts';
import { verdictOf, verdictSentences } from '../verdict.ts';
import { durationText, intervalText, numberText, signedText } from './numbers.ts';

/** Lines of a table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function code(value: unknown): string {
  return `\`${value === undefined ? '-' : JSON.stringify(value)}\``;
}

/** The step that the report speaks of: the last. */
export const momentOf = ({ experiment: { steps } }: Results): string =>
  steps === 0 ? 'before training' : `after ${steps} steps`;

/** A measure of every arm at the last step beside the baseline's; no lines when no cell has it. */
export function comparedTable(results: Results, id: string): string[] {
  const measure = measureById(id, results.cells);
  if (measure === null) return [];
  const { baseline } = results.experiment;
  const summaries = summaryAt(results, measure, 'last');
  const rows = summaries.map(({ point, level, difference, ratio }) => [
    point.name,
    String(level?.n ?? 0),
    level === null ? '-' : intervalText(level),
    difference === null ? '-' : intervalText(difference, signedText),
    ratio === null || difference === null ? '-' : intervalText(ratio),
    point.arm === baseline ? '-' : verdictOf(difference),
  ]);
  const head = ['arm', 'seeds', 'mean', `difference from ${baseline}`, `ratio to ${baseline}`, 'verdict'];
  return [`**${titleOf(measure)}**, last value; in the data \`${id}\``, '', ...table(head, rows), ''];
}

export function titleOf({ label, unit }: Measure): string {
  return unit === null ? label : `${label}, ${unit}`;
}

/** Several measures of every arm, side by side. */
export function levelsTable(results: Results, ids: readonly string[]): string[] {
  const columns = ids.flatMap((id) => {
    const measure = measureById(id, results.cells);
    return measure === null ? [] : [{ measure, summaries: summaryAt(results, measure, 'last') }];
  });
  if (columns.length === 0) return [];
  const rows = pointResults(results).map(({ name, cells }, i) => [
    name,
    String(cells.length),
    ...columns.map(({ summaries }) => {
      const level = summaries[i]?.level ?? null;
      return level === null ? '-' : intervalText(level);
    }),
  ]);
  const where = columns.map(({ measure }) => `\`${measure.id}\``).join(', ');
  return [
    `**Levels**; in the data ${where}`,
    '',
    ...table(['arm', 'seeds', ...columns.map(({ measure }) => titleOf(measure))], rows),
    '',
  ];
}

/** What the intervals allow to be said of the first measure. */
export function sentencesOn(results: Results, id: string): string[] {
  const measure = measureById(id, results.cells);
  if (measure === null) return [];
  const summaries: PointSummary[] = summaryAt(results, measure, 'last');
  return verdictSentences(summaries, results.experiment.baseline, measure, momentOf(results)).map(
    (each) => `- ${each}`,
  );
}

/** How many verdicts the tables of a report hold. */
export function comparisonsIn(results: Results, ids: readonly string[]): number {
  const others = pointResults(results).filter(({ arm }) => arm !== results.experiment.baseline).length;
  return ids.filter((id) => measureById(id, results.cells) !== null).length * others;
}

/** Every field in which an arm differs from the first one at its place. */
export function configTable(results: Results): string[] {
  const points = pointResults(results).flatMap((point) => {
    const first = point.cells[0];
    return first === undefined ? [] : [{ name: point.name, config: { ...first.config, seed: null } }];
  });
  const base = points[0];
  if (base === undefined) return [];
  const rows = points
    .slice(1)
    .flatMap(({ name, config }) =>
      differences(base.config, config).map(({ field, left, right }) => [name, `\`${field}\``, code(right), code(left)]),
    );
  return rows.length === 0 ? [] : table(['arm', 'field', 'value', `of ${base.name}`], rows);
}

/** The hash of every run: of the training, or, without training, of the cell. */
export function hashTable(results: Results): string[] {
  const rows = pointResults(results).map(({ name, cells }) => [
    name,
    cells.map(({ seed, run, key }) => `${seed}: \`${shortHash(run ?? key)}\``).join(', '),
  ]);
  return table(['arm', 'seed: run'], rows);
}

function distinct(values: readonly string[]): string {
  return [...new Set(values)].sort().join(', ');
}

export interface ToldResults {
  readonly name: string;
  readonly results: Results;
}

/** What was run, a row an experiment. */
export function runsTable(told: readonly ToldResults[]): string[] {
  const rows = told.map(({ name, results }) => {
    const { experiment, cells } = results;
    const seconds = cells.map(({ timing }) => timing.seconds);
    const planned = cells.length + missingCells(results).length;
    return [
      `[${experiment.name}](#${anchorOf(experiment.name)})`,
      `[${name}.json](../public/results/${name}.json)`,
      String(pointResults(results).length),
      experiment.seeds.join(', '),
      String(experiment.steps),
      planned === cells.length ? String(planned) : `${cells.length} of ${planned}`,
      distinct(cells.map(({ machine: { backend, adapter } }) => `${backend}: ${adapter}`)),
      distinct(cells.map(({ machine }) => machine.code)),
      durationText(seconds.reduce((sum, each) => sum + each, 0)),
    ];
  });
  const head = ['experiment', 'data', 'configs', 'seeds', 'steps', 'runs', 'engine', 'code', 'time of all runs'];
  return table(head, rows);
}

/** What GitHub makes of a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

/** A sweep over two parameters as a map: the first parameter's values side by side. */
export function sweepTable(results: Results, id: string): string[] {
  const { experiment } = results;
  const measure = measureById(id, results.cells);
  const [across, down] = experiment.sweep;
  if (measure === null || across === undefined || down === undefined) return [];
  const summaries = summaryAt(results, measure, 'last');
  const labels = (of: typeof across) => [
    ...new Set(of.values.map((value) => (typeof value === 'object' ? value.label : value))),
  ];
  const rows = experiment.arms.flatMap(({ name: arm }) =>
    labels(down).map((row) => [
      `${arm}, ${down.field.split('.').at(-1)} ${row}`,
      ...labels(across).map((column) => {
        const level = summaries.find(({ point }) => isAt(point, arm, column, row))?.level ?? null;
        return level === null ? '-' : intervalText(level, numberText);
      }),
    ]),
  );
  const head = ['', ...labels(across).map((value) => `${across.field.split('.').at(-1)} ${value}`)];
  return [`**${titleOf(measure)}**; in the data \`${id}\``, '', ...table(head, rows), ''];
}

function isAt({ arm, at }: Pick<PointResults, 'arm' | 'at'>, ofArm: string, column: unknown, row: unknown): boolean {
  return arm === ofArm && at[0] === column && at[1] === row;
}
