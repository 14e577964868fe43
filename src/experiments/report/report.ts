// docs/RESULTS.md with its figures, and public/results/index.json: both follow from the committed results alone.

import { EXPERIMENT_PRESET_NAMES } from '../presets.ts';
import { manyComparisons } from '../verdict.ts';
import { type Finding, textOf } from './claims.ts';
import { figureOf } from './figure.ts';
import { findingsOf } from './findings.ts';
import { planOf } from './plan.ts';
import {
  comparedTable,
  comparisonsIn,
  configTable,
  hashTable,
  levelsTable,
  runsTable,
  sentencesOn,
  sweepTable,
  type ToldResults,
} from './tables.ts';
import { END, HOW_TO_READ, MACHINE, OPENING } from './words.ts';

/** Folder of the figures, from the folder of RESULTS.md. */
export const FIGURE_FOLDER = 'images/results';

export interface Report {
  readonly markdown: string;
  /** SVG by the name of the experiment. */
  readonly figures: ReadonlyMap<string, string>;
  /** Text of index.json. */
  readonly index: string;
}

/** @param told in any order; told in the order of the presets */
export function makeReport(told: readonly ToldResults[]): Report {
  const order: readonly string[] = EXPERIMENT_PRESET_NAMES;
  const sorted = told.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const figures = new Map(
    sorted.flatMap((each): [string, string][] => {
      const figure = figureOf(each.results, planOf(each.name, each.results.experiment).plots);
      return figure === null ? [] : [[each.name, figure]];
    }),
  );
  const lines = [
    ...OPENING,
    '## What was run',
    '',
    ...runsTable(sorted),
    '',
    ...MACHINE,
    ...HOW_TO_READ,
    ...sorted.flatMap((each) => section(each, figures.has(each.name))),
    ...END,
  ];
  return { markdown: `${lines.join('\n').trimEnd()}\n`, figures, index: indexOf(sorted) };
}

function section({ name, results }: ToldResults, hasFigure: boolean): string[] {
  const { experiment } = results;
  const plan = planOf(name, experiment);
  const { agrees, disagrees, open } = findingsOf(name);
  const isSweep = experiment.sweep.length === 2;
  const count = isSweep ? 0 : comparisonsIn(results, plan.compared);
  const part = (title: string, findings: readonly Finding[]) =>
    findings.length === 0
      ? []
      : [`**${title}**`, '', ...findings.map((finding) => `- ${textOf(results, finding)}`), ''];
  const sentences = isSweep ? [] : plan.compared.slice(0, 1).flatMap((id) => sentencesOn(results, id));
  return [
    `## ${experiment.name}`,
    '',
    `*${experiment.question}*`,
    '',
    plan.paper,
    '',
    ...(hasFigure ? [`![${experiment.name}](${FIGURE_FOLDER}/${name}.svg)`, ''] : []),
    ...part('Agrees with the paper', agrees),
    ...part('Does not agree', disagrees),
    ...part('Cannot be said', open),
    ...(sentences.length === 0 ? [] : ['**What the intervals allow to be said**', '', ...sentences, '']),
    ...levelsTable(results, plan.levels),
    ...plan.compared.flatMap((id) => (isSweep ? sweepTable(results, id) : comparedTable(results, id))),
    ...(count < 2
      ? []
      : [`All tables of this section together: ${manyComparisons(count).replace('These are ', '')}`, '']),
    '<details><summary>Configs and hashes</summary>',
    '',
    ...configTable(results),
    '',
    ...hashTable(results),
    '',
    `The whole config of every run, its weights' hash and all counts are in [${name}.json](../public/results/${name}.json).`,
    '',
    '</details>',
    '',
  ];
}

function indexOf(told: readonly ToldResults[]): string {
  const presets = told.map(({ name, results }) => {
    const { agrees, disagrees, open } = findingsOf(name);
    const texts = (findings: readonly Finding[]) => findings.map((finding) => textOf(results, finding));
    return {
      name,
      file: `${name}.json`,
      findings: { agrees: texts(agrees), disagrees: texts(disagrees), open: texts(open) },
    };
  });
  return `${JSON.stringify({ presets }, null, 2)}\n`;
}
