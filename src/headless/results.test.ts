// What is told of the committed results follows from them.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellKey, cellsOf } from '../experiments/definition.ts';
import { experimentPreset, isExperimentPresetName } from '../experiments/presets.ts';
import { faultOf } from '../experiments/report/claims.ts';
import { makeReport, readTold } from '../experiments/report/files.ts';
import { FINDINGS, findingsOf } from '../experiments/report/findings.ts';
import { FIGURE_FOLDER } from '../experiments/report/report.ts';
import { missingCells } from '../experiments/results.ts';
import { LEAST_SEEDS } from '../experiments/seedStatistics.ts';
import { differences } from '../grpo/runIdentity.ts';
import { COMMITTED, committedFile, DATA, DOCS, INDEX_FILE } from './committedResults.testing.ts';

/** What the project promises to tell of. */
const PROMISED = [
  'archer-collapse',
  'cost',
  'entropy-before-training',
  'four-arms',
  'robustness',
  'where-the-temperature-enters',
];

const told = await readTold(COMMITTED.map(committedFile));
const report = makeReport(told);

describe('the committed results', () => {
  it('are of all that is promised', () => {
    expect(COMMITTED).toEqual(expect.arrayContaining(PROMISED));
    expect(Object.keys(FINDINGS).sort()).toEqual(COMMITTED);
  });

  it('are told in RESULTS.md, its figures and the index, byte for byte', () => {
    expect(readFileSync(path.join(DOCS, 'RESULTS.md'), 'utf8')).toBe(report.markdown);
    expect(readFileSync(path.join(DATA, INDEX_FILE), 'utf8')).toBe(report.index);
    const folder = path.join(DOCS, FIGURE_FOLDER);
    expect(readdirSync(folder).sort()).toEqual([...report.figures.keys()].map((name) => `${name}.svg`).sort());
    for (const [name, svg] of report.figures) expect(readFileSync(path.join(folder, `${name}.svg`), 'utf8')).toBe(svg);
  });
});

describe.each(told)('the results of $name', ({ name, results }) => {
  it('are whole, with seeds enough for a verdict, and of one version of the code', () => {
    expect(missingCells(results)).toEqual([]);
    expect(results.experiment.seeds.length).toBeGreaterThanOrEqual(LEAST_SEEDS);
    expect(new Set(results.cells.map(({ machine }) => machine.code)).size).toBe(1);
  });

  it('are of the preset as it stands, under the keys of its cells', async () => {
    if (!isExperimentPresetName(name)) return expect.unreachable(`${name} is no preset`);
    expect(differences(experimentPreset(name), results.experiment)).toEqual([]);
    const keys = await Promise.all(cellsOf(results.experiment).map((cell) => cellKey(results.experiment, cell)));
    expect(results.cells.map(({ key }) => key)).toEqual(keys);
  });

  it('bear out every sentence that is said of them', () => {
    const { agrees, disagrees, open } = findingsOf(name);
    const findings = [...agrees, ...disagrees, ...open];
    expect(findings.length).toBeGreaterThan(0);
    for (const { text, claims } of findings) {
      expect(claims.length, text).toBeGreaterThan(0);
      expect(
        claims.map((claim) => faultOf(results, claim)).filter((fault) => fault !== null),
        text,
      ).toEqual([]);
      // Numbers of its own could contradict the data; what is left are names of things, such as avg@16 or fixed 1.2.
      const words = text.replaceAll(/\{\d+\}/g, '');
      expect(words, text).not.toMatch(/(?<!\d)0?\.\d|\d %|\d times/);
    }
  });
});
