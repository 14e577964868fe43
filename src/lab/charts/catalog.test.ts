import { describe, expect, it } from 'vitest';
import { collectMetrics } from '../../grpo/metrics.ts';
import type { MetricsRow } from '../../grpo/stages.ts';
import { parseSamplerConfig } from '../../temperature/config.ts';
import { CHART_GROUPS, seriesOf } from './catalog.ts';
import { changeText, marksOf } from './runMarks.ts';
import { metricsOf } from './track.ts';

const specs = CHART_GROUPS.flatMap(({ charts }) => charts);
const spec = (id: string) => specs.find((chart) => chart.id === id)!;

describe('the catalog of charts', () => {
  it('names each chart once, with a sentence and a source', () => {
    expect(new Set(specs.map(({ id }) => id)).size).toBe(specs.length);
    for (const { help, source } of specs) {
      expect(help).toMatch(/^[A-Z].*\.$/);
      expect(source).toMatch(/\.$/);
    }
  });

  it('tells the lines of each chart apart without colour', () => {
    for (const { lines } of specs) {
      const styles = lines.flatMap((line) => ('style' in line && line.style !== undefined ? [line.style] : []));
      expect(new Set(styles.map(({ shape }) => shape)).size).toBe(styles.length);
      expect(new Set(styles.map(({ dash }) => dash)).size).toBe(styles.length);
    }
  });

  it('asks for metrics under the names that the trainer gives them', () => {
    const row = collectMetrics({
      drawn: [],
      sampler: parseSamplerConfig({ temperature: { rule: 'binary' } }),
      generationBatches: 1,
      keptGroups: 0,
      tokens: 0,
    });
    const late = /^(sampling|signal|clip_ratio|time)\/|^(grad_norm|kl|step_time|learning_rate|speed|temperature\/tau)$/;
    const asked = specs.flatMap(({ lines }) =>
      lines.map((line) => ('prefix' in line ? line.prefix : line.metric)).filter((name) => !late.test(name)),
    );
    const names = Object.keys(row);
    expect(asked.filter((name) => !names.some((given) => given.startsWith(name)))).toEqual([]);
  });

  it('draws a family only where it has several members', () => {
    const row: MetricsRow = { step: 0, 'reward/tau/0': 0.5, 'signal/tau/-0.1': 0.5, 'signal/tau/+0.1': 0.5 };
    const names = metricsOf([row]);
    expect(seriesOf(spec('reward-by-tau'), [row], names)).toEqual([]);
    expect(seriesOf(spec('signal-by-tau'), [row], names).map(({ label }) => label)).toEqual(['τ −0.1', 'τ +0.1']);
  });

  it('computes the speed of each step from the tokens so far', () => {
    const rows = [
      { step: 0, num_tokens: 100, step_time: 2 },
      { step: 1, num_tokens: 400, step_time: 3 },
    ];
    expect([...seriesOf(spec('speed'), rows, metricsOf(rows))[0]!.values]).toEqual([50, 100]);
    expect(seriesOf(spec('speed'), rows.slice(1), metricsOf(rows))).toEqual([]);
  });

  it('leaves out a line that never had a value', () => {
    const rows = [{ step: 0, kl: null }];
    expect(seriesOf(spec('kl'), rows, metricsOf(rows))).toEqual([]);
  });
});

it('marks changes, labelled checkpoints and warnings by step', () => {
  const marks = marksOf(
    [{ step: 20, stage: 'collect', high: 1.4, learningRate: 2e-4 }],
    [
      { step: 10, label: null },
      { step: 30, label: 'before entropy-floor' },
    ],
    [{ step: 5, sentence: 'The entropy is gone.' }],
  );
  expect(marks.map(({ step, kind }) => `${step} ${kind}`)).toEqual(['5 warning', '20 change', '30 checkpoint']);
  expect(changeText({ high: 1.4, learningRate: 2e-4 })).toBe('T_high 1.4, learning rate 0.0002');
});
