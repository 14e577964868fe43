// The numbers of docs/RESULTS.md, computed anew from the committed counts by code of its own (plainNumbers.testing.ts), and
// a piece of every experiment, run again.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../experiments/definition.ts';
import { type Claim, intervalOfClaim } from '../experiments/report/claims.ts';
import { findingsOf } from '../experiments/report/findings.ts';
import { readResults } from '../experiments/results.ts';
import { runCell } from '../experiments/runCell.ts';
import { type Files, memoryStore } from '../grpo/runLog.testing.ts';
import { createEngine } from './backend.ts';
import { COMMITTED, committedFile, DOCS } from './committedResults.testing.ts';
import { readModel } from './modelFolder.ts';
import { bootstrap, numberOf, type PlainData, verdictsFrom } from './plainNumbers.testing.ts';
import { shippedBase } from './shippedBase.ts';

/** Half a unit of the last digit that is written. */
function halfUnit(text: string): number {
  const [, decimals = '', power = '0'] = /^[+-]?\d+(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text) ?? [];
  return 0.5000001 * 10 ** (Number(power) - decimals.length);
}

function expectNumber(text: string, value: number, slack: number, where: string): void {
  expect(Math.abs(Number(text) - value), `${where}: ${text}, recomputed ${value}`).toBeLessThanOrEqual(
    halfUnit(text) + slack + 1e-12,
  );
}

/** Compares `0.31 (0.29 to 0.33)` with values, one a seed. */
function expectInterval(text: string, values: readonly number[], where: string): void {
  const [, value, low, high] = /^(\S+) \((\S+) to (\S+)\)$/.exec(text) ?? [];
  expect(high, `${where}: ${text}`).toBeDefined();
  const found = bootstrap(values);
  const { slack } = found;
  expectNumber(value!, found.value, 0, where);
  expectNumber(low!, found.low, slack, where);
  expectNumber(high!, found.high, slack, where);
}

const markdown = readFileSync(path.join(DOCS, 'RESULTS.md'), 'utf8');

describe.each(COMMITTED)('%s', (name) => {
  const data: PlainData = JSON.parse(new TextDecoder().decode(committedFile(name).bytes));
  const section = markdown.split(/^## /m).find((each) => each.startsWith(`${data.experiment.name}\n`))!;
  const { baseline } = data.experiment;
  /** By seed, of an arm at its only place, or at a place of the sweep. */
  const bySeed = (arm: string, at: readonly unknown[], id: string, step: number | null = null) =>
    new Map<number, number>(
      data.cells
        .filter((cell) => cell.arm === arm && JSON.stringify(cell.at) === JSON.stringify(at))
        .flatMap((cell): [number, number][] => {
          const value = numberOf(cell, id, step);
          return value === null ? [] : [[cell.seed, value]];
        }),
    );
  const paired = (one: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>) =>
    [...one].flatMap(([seed, value]) => (other.has(seed) ? [[value, other.get(seed)!] as const] : []));
  const tables = [...section.matchAll(/\*\*[^\n]*; in the data ([^\n]*)\n\n((?:\|[^\n]*\n)+)/g)].map(
    ([, ids, lines]) => ({
      ids: [...ids!.matchAll(/`([^`]+)`/g)].map(([, id]) => id!),
      rows: lines!
        .trim()
        .split('\n')
        .map((line) => line.slice(2, -2).split(' | ')),
    }),
  );

  it('has tables whose numbers follow from the counts', () => {
    expect(tables.length).toBeGreaterThan(0);
    let checked = 0;
    for (const { ids, rows } of tables) {
      const [head, , ...body] = rows;
      if (data.experiment.sweep.length > 0) continue;
      for (const row of body) {
        const [arm, seeds, ...cells] = row as [string, string, ...string[]];
        if (head![3]?.startsWith('difference from ')) {
          const [mean, difference, ratio, verdict] = cells;
          const here = bySeed(arm, [], ids[0]!);
          const pairs = paired(here, bySeed(baseline, [], ids[0]!));
          const where = `${ids[0]} of ${arm}`;
          expect(Number(seeds), where).toBe(here.size);
          expectInterval(mean!, [...here.values()], where);
          checked++;
          if (arm === baseline) continue;
          const differences = pairs.map(([a, b]) => a - b);
          expectInterval(difference!, differences, where);
          expect(verdictsFrom(bootstrap(differences)), where).toContain(verdict);
          if (pairs.some(([, b]) => b === 0)) expect(ratio, where).toBe('-');
          else
            expectInterval(
              ratio!,
              pairs.map(([a, b]) => a / b),
              where,
            );
        } else
          for (const [i, id] of ids.entries()) {
            const values = [...bySeed(arm, [], id).values()];
            if (values.length === 0) expect(cells[i], `${id} of ${arm}`).toBe('-');
            else expectInterval(cells[i]!, values, `${id} of ${arm}`);
            checked++;
          }
      }
    }
    if (data.experiment.sweep.length === 0) expect(checked).toBeGreaterThan(0);
  });

  it('has maps whose numbers follow from the counts', () => {
    const [across, down] = data.experiment.sweep;
    if (across === undefined || down === undefined) return;
    for (const { ids, rows } of tables)
      for (const [r, row] of rows.slice(2).entries())
        for (const [c, text] of row.slice(1).entries()) {
          const at = [across.values[c], down.values[r % down.values.length]];
          const arm = data.experiment.arms[Math.floor(r / down.values.length)]!.name;
          expectInterval(text, [...bySeed(arm, at, ids[0]!).values()], `${ids[0]} at ${at.join()}`);
        }
  });

  it('has sentences whose numbers follow from the counts', () => {
    const pattern =
      /^- (?:No difference between )?(.+?) (?:is higher than|is lower than|and) .*: (\S+), 95 % interval (\S+) to (\S+), (\d+) paired seeds, which (ex|in)cludes zero\.$/gm;
    const said = [...section.matchAll(pattern)];
    const isCompared = tables.some(({ rows }) => rows[0]![3]?.startsWith('difference from '));
    if (!isCompared) return expect(said).toEqual([]);
    expect(said).toHaveLength(data.experiment.arms.length - 1);
    for (const [sentence, arm, value, low, high, n, end] of said) {
      const id = tables[0]!.ids[0]!;
      const differences = paired(bySeed(arm!, [], id), bySeed(baseline, [], id)).map(([a, b]) => a - b);
      const found = bootstrap(differences);
      const { slack } = found;
      expectNumber(value!, found.value, 0, sentence);
      expectNumber(low!, found.low, slack, sentence);
      expectNumber(high!, found.high, slack, sentence);
      expect(Number(n)).toBe(differences.length);
      const ends = verdictsFrom(found).map((verdict) => (verdict === 'no difference' ? 'in' : 'ex'));
      expect(ends, sentence).toContain(end);
    }
  });

  it('has findings whose claims hold on the counts', async () => {
    const { label, bytes } = committedFile(name);
    const results = await readResults(bytes, label);
    const { agrees, disagrees, open } = findingsOf(name);
    for (const { text, claims } of [...agrees, ...disagrees, ...open])
      for (const claim of claims) {
        const there = { ...claim, ...claim.against };
        const values = ({ arm, at = [], measure, when }: Claim) => {
          expect(when, 'the recomputation knows steps and the last one').not.toBe('best');
          return bySeed(arm, at, measure, typeof when === 'object' ? when.step : null);
        };
        const here = values(claim);
        const numbers =
          claim.against === undefined
            ? [...here.values()]
            : paired(here, values(there)).map(([a, b]) => (claim.as === 'ratio' ? a / b : a - b));
        const found = bootstrap(numbers);
        const { value, low, high, slack } = found;
        const told = intervalOfClaim(results, claim)!;
        const off = 1e-9 + slack;
        expect(Math.abs(told.value - value), text).toBeLessThan(1e-9);
        expect(Math.abs(told.low! - low), text).toBeLessThan(off);
        expect(Math.abs(told.high! - high), text).toBeLessThan(off);
        if (claim.verdict !== undefined)
          expect(verdictsFrom(found, claim.as === 'ratio' ? 1 : 0), text).toContain(claim.verdict);
        if (claim.within !== undefined) {
          expect(low, text).toBeGreaterThanOrEqual(claim.within[0] - off);
          expect(high, text).toBeLessThanOrEqual(claim.within[1] + off);
        }
      }
  });

  it('gives the same counts and the same first steps when a run of it is begun again', async () => {
    const { label, bytes } = committedFile(name);
    const { experiment, cells } = await readResults(bytes, label);
    // The last arm: the one that differs most from the defaults.
    const made = cells.findLast(({ machine }) => machine.backend === 'cpu')!;
    const cell = cellsOf(experiment).find(
      ({ arm, seed, at }) => arm === made.arm && seed === made.seed && String(at) === String(made.at),
    )!;
    const short = {
      ...experiment,
      steps: Math.min(experiment.steps, experiment.curve.every),
      evaluation: { ...experiment.evaluation, every: 0 },
    };
    const files: Files = new Map();
    const engines: { destroy: () => void }[] = [];
    const again = await runCell(short, cell, {
      store: memoryStore(files),
      code: made.machine.code,
      loadStart: ({ config }) => readModel(shippedBase(config.task)),
      openEngine: async (_, config, parameters) => {
        const engine = await createEngine('cpu', config, parameters, { result: async () => {}, note: () => {} });
        engines.push(engine);
        return engine;
      },
    });
    for (const engine of engines) engine.destroy();
    expect(again!.weights).toBe(made.weights);
    const atStart = (of: typeof made) => of.evaluations.filter(({ step }) => step === 0);
    expect(atStart(again!)).toEqual(atStart(made));
    for (const [metric, values] of Object.entries(made.curve.metrics))
      expect(again!.curve.metrics[metric]?.[0], metric).toBe(values[0]);
    expect(Object.keys(again!.curve.metrics)).toEqual(Object.keys(made.curve.metrics));
  });
});
