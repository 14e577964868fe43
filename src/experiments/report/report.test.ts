import { describe, expect, it } from 'vitest';
import { cellsOf, parseExperiment } from '../definition.ts';
import { EXPERIMENT_PRESET_NAMES, experimentPreset } from '../presets.ts';
import { evaluationOf, resultOf, resultsWith } from '../results.testing.ts';
import { gather, writeResults } from '../results.ts';
import { figureOf } from './figure.ts';
import { addFolder, makeReport, readTold } from './files.ts';
import { planOf } from './plan.ts';
import { comparedTable, configTable, levelsTable } from './tables.ts';

const AVG = 'eval/tau 1/avg@4';
const file = (label: string, value: unknown) => ({
  label,
  bytes: new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)),
});

describe('a table of arms', () => {
  it('tells level, paired difference, ratio and verdict', async () => {
    const results = await resultsWith({ a: [2, 2, 2, 2, 2], b: [3, 3, 3, 3, 3] });
    expect(comparedTable(results, AVG)).toEqual([
      `**avg@4 (tau 1)**, last value; in the data \`${AVG}\``,
      '',
      '| arm | seeds | mean | difference from a | ratio to a | verdict |',
      '| --- | --- | --- | --- | --- | --- |',
      '| a | 5 | 0.2500 (0.2500 to 0.2500) | - | - | - |',
      '| b | 5 | 0.3750 (0.3750 to 0.3750) | +0.1250 (+0.1250 to +0.1250) | 1.5000 (1.5000 to 1.5000) | higher |',
      '',
    ]);
    expect(comparedTable(results, 'curve/none')).toEqual([]);
  });

  it('calls the ends of few seeds a range', async () => {
    const results = await resultsWith({ a: [2, 4, null, null, null], b: [3, null, null, null, null] });
    expect(comparedTable(results, AVG).slice(4, 6)).toEqual([
      '| a | 2 | 0.3750 (range 0.2500 to 0.5000) | - | - | - |',
      '| b | 1 | 0.3750 | +0.1250 | 1.5000 | too few seeds |',
    ]);
  });

  it('of levels compares nothing', async () => {
    const results = await resultsWith({ a: [2, 2, 2, 2, 2], b: [3, 3, 3, 3, 3] });
    expect(levelsTable(results, [AVG, 'eval/tau 1/gate recall', 'eval/tau 1/greedy']).slice(2, 5)).toEqual([
      '| arm | seeds | avg@4 (tau 1) | greedy (tau 1) |',
      '| --- | --- | --- | --- |',
      '| a | 5 | 0.2500 (0.2500 to 0.2500) | 0.5000 (0.5000 to 0.5000) |',
    ]);
  });

  it('of configs names every field that differs', async () => {
    const results = await resultsWith({ a: [1, 1, 1, 1, 1], b: [1, 1, 1, 1, 1] });
    expect(configTable(results).slice(2)).toEqual(['| b | `sampler.temperature.tau` | `2` | `1` |']);
  });
});

describe('a figure', () => {
  it('draws every arm, its band and its seeds, and nothing that is no number', async () => {
    const results = await resultsWith({ a: [1, 2, 3, 4, 5], b: [2, 3, 4, 5, 8] });
    const svg = figureOf(results, [
      { kind: 'arms', measure: AVG },
      { kind: 'differences', measure: AVG },
    ])!;
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.match(/<path[^>]* opacity="0.13"/g)).toHaveLength(3);
    expect(svg.match(/<path[^>]* opacity="0.4"/g)).toHaveLength(10);
    expect(svg).toContain('>difference from a: avg@4 (tau 1)</text>');
  });

  it('is none where there is nothing to draw', async () => {
    const results = await resultsWith({ a: [1, 2, 3, 4, 5] });
    expect(figureOf(results, [{ kind: 'arms', measure: 'curve/none' }])).toBeNull();
  });

  it('writes names as text, whatever is in them', async () => {
    const arms = [{ name: '<script>&"' }, { name: 'b', set: { prompts: 3 } }];
    const experiment = parseExperiment({ name: 'x', arms, seeds: [0], steps: 1 });
    const evaluations = [evaluationOf([1, 1])];
    const cells = await Promise.all(cellsOf(experiment).map((cell) => resultOf(experiment, cell, { evaluations })));
    const svg = figureOf(await gather(experiment, cells), [{ kind: 'arms', measure: AVG }])!;
    expect(svg).toContain('&lt;script&gt;&amp;&quot;');
    expect(svg).not.toContain('<script>');
  });
});

describe('the plan', () => {
  it.each(EXPERIMENT_PRESET_NAMES)('of %s looks at arms and measures that it has', (name) => {
    const experiment = experimentPreset(name);
    const { compared, levels, plots } = planOf(name, experiment);
    expect(compared.length + levels.length).toBeGreaterThan(0);
    const evaluations = experiment.evaluation.samplers.map((sampler) => `eval/${sampler.name}/`);
    for (const id of [...compared, ...levels])
      expect(/^(curve|timing)\//.test(id) || evaluations.some((start) => id.startsWith(start)), id).toBe(true);
    for (const plot of plots)
      if (plot.kind === 'measures') expect(experiment.arms.map((arm) => arm.name)).toContain(plot.arm);
  });
});

describe('taking in folders', () => {
  const experiment = experimentPreset('cost');
  const cells = () =>
    Promise.all(
      cellsOf(experiment)
        .slice(0, 4)
        .map((cell) => resultOf(experiment, cell)),
    );

  it('puts shards together, in the order of the preset', async () => {
    const [a, b, c, d] = await cells();
    const told = await readTold([]);
    const definition = file('one/experiment.json', experiment);
    const first = await addFolder(told, { definition, cells: [file('one/b.json', b), file('one/d.json', d)] });
    expect([first.name, first.note]).toEqual(['cost', 'cost: 2 runs, 48 are missing.']);
    const second = await addFolder(told, { definition, cells: [file('c', c), file('a', a), file('b', b)] });
    expect(second.text).toBe(writeResults(await gather(experiment, [a!, b!, c!, d!])));
    expect(told.map(({ name, results }) => [name, results.cells.length])).toEqual([['cost', 4]]);
    expect(await readTold([file('public/cost.json', second.text)])).toEqual(told);
  });

  it('refuses what is no preset, and a file under another name', async () => {
    const own = file('own/experiment.json', { name: 'own', arms: [{ name: 'a' }], seeds: [0], steps: 1 });
    await expect(addFolder([], { definition: own, cells: [] })).rejects.toThrow(/^own is no preset/);
    const text = writeResults({ experiment, cells: await cells() });
    await expect(readTold([file('public/scale.json', text)])).rejects.toThrow(/holds cost and must be named so\.$/);
  });
});

describe('the report', () => {
  it('is the same bytes from the same data, in the order of the presets', async () => {
    const told = await Promise.all(
      (['cost', 'entropy-before-training'] as const).map(async (name) => {
        const experiment = experimentPreset(name);
        const evaluations = [evaluationOf([1, 2])];
        const made = cellsOf(experiment).map((cell) => resultOf(experiment, cell, { evaluations }));
        return { name, results: await gather(experiment, await Promise.all(made)) };
      }),
    );
    const { markdown, figures, index } = makeReport(told);
    expect(makeReport(told.toReversed())).toEqual({ markdown, figures, index });
    expect(markdown.indexOf('## Entropy before training')).toBeLessThan(markdown.indexOf('## Cost of the method'));
    expect(markdown).toContain('](images/results/cost.svg)');
    expect([...figures.keys()]).toEqual(['entropy-before-training', 'cost']);
    expect(JSON.parse(index).presets.map(({ file }: { file: string }) => file)).toEqual([
      'entropy-before-training.json',
      'cost.json',
    ]);
    expect(markdown + [...figures.values()].join('')).not.toMatch(/NaN|undefined/);
  });
});
