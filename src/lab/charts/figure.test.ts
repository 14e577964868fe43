import { describe, expect, it } from 'vitest';
import type { MetricsRow } from '../../grpo/stages.ts';
import { bandPath, drawFigure, type FigureContent, linePath, xOfMark } from './figure.ts';
import { chartModel } from './model.ts';
import { metricsCsv, runJsonl } from './rowsFile.ts';
import { COLD, HOT } from './style.ts';
import { svgOf } from './svg.ts';
import { columnOf, trackOf } from './track.ts';

const rows: MetricsRow[] = Array.from({ length: 500 }, (_, step) => ({
  step,
  'entropy/hot': 1 + Math.sin(step / 9),
  'entropy/cold': step === 250 ? null : 0.1,
}));
const track = trackOf(rows);
const series = [
  { key: 'entropy/hot', label: 'hot', style: HOT, track, values: columnOf(rows, 'entropy/hot') },
  { key: 'entropy/cold', label: 'cold & "calm" <cold>', style: COLD, track, values: columnOf(rows, 'entropy/cold') },
];
const content: FigureContent = {
  title: 'Entropy',
  unit: 'nats',
  mode: 'step',
  model: chartModel(series, {
    mode: 'step',
    scale: 'linear',
    range: null,
    smoothing: 0,
    mostPoints: Number.POSITIVE_INFINITY,
  }),
  marks: [{ step: 100, kind: 'change', text: 'T_high 1.4' }],
  caption: 'countdown · seed 3 · T_high 1.6',
  smoothing: 0,
  colourOf: (property) => (property === '--hot' ? '#b4480c' : '#14629e'),
};

describe('a figure', () => {
  const figure = drawFigure(content);
  const texts = figure.items.flatMap((item) => (item.kind === 'text' ? [item.text] : []));

  it('says what it shows, of which run, and what happened', () => {
    expect(texts).toEqual(expect.arrayContaining(['Entropy (nats)', 'hot', 'training step', content.caption, '✎']));
    expect(texts).toContain('✎ 100: T_high 1.4');
  });

  it('draws every point, inside the picture, and no bridge over a gap', () => {
    const [hot, cold] = figure.items.flatMap((item) => (item.kind === 'path' && item.d.includes('h0') ? [item.d] : []));
    expect(hot!.match(/L/g)).toHaveLength(499);
    expect(cold!.match(/M/g)).toHaveLength(2);
    for (const [, x, y] of hot!.matchAll(/[ML]([\d.]+) ([\d.]+)/g)) {
      expect(Number(x)).toBeLessThanOrEqual(figure.width);
      expect(Number(y)).toBeLessThanOrEqual(figure.height);
    }
  });

  it('becomes an SVG document on a light ground in which data is text', () => {
    const svg = svgOf(figure);
    expect(svg).toContain('cold &amp; &quot;calm&quot; &lt;cold&gt;');
    expect(svg).toContain('stroke-dasharray="7 5"');
    expect(svg.indexOf('fill="#ffffff"')).toBeLessThan(svg.indexOf('<text'));
    expect(svg).not.toMatch(/NaN|undefined|var\(/);
  });
});

it('makes a dot of a lonely point', () => {
  const points = [
    { x: 1, y: 2 },
    { x: 1, y: null },
    { x: 3, y: 4 },
    { x: 4, y: 4 },
  ];
  const same = (value: number) => value;
  expect(linePath(points, same, same)).toBe('M1 2h0M3 4h0L4 4');
});

it('closes a band, and interrupts it at a gap', () => {
  const same = (value: number) => value;
  const at = (x: number, ends: readonly [number, number] | null) => ({ x, ends });
  const points = [at(0, [1, 2]), at(1, [1, 3]), at(2, null), at(3, [0, 1]), at(4, null), at(5, [0, 1]), at(6, [0, 2])];
  expect(bandPath(points, same, same)).toBe('M0 2L1 3L1 1L0 1ZM5 1L6 2L6 0L5 0Z');
});

it('puts a mark of one of several runs where that run was', () => {
  const [one, other] = [
    [0, 1, 2],
    [0, 1],
  ].map((steps, i) => {
    const track = trackOf(steps.map((step) => ({ step, num_tokens: (i + 1) * 100 * (step + 1) })));
    return { key: String(i), label: '', style: HOT, track, values: Float64Array.from(steps) };
  });
  const model = chartModel([one!, other!], { mode: 'tokens', scale: 'linear', range: null, smoothing: 0 });
  const mark = { step: 1, kind: 'change', text: '' } as const;
  expect(xOfMark({ ...mark, line: '0' }, model, 'tokens')).toBe(200);
  expect(xOfMark({ ...mark, line: '1' }, model, 'tokens')).toBe(400);
  expect(xOfMark({ ...mark, line: 'gone' }, model, 'tokens')).toBeNull();
});

describe('a run as a file', () => {
  const record = {
    config: { task: 'countdown' },
    rows: [
      { step: 1, reward: 0.5, kl: null },
      { step: 2, reward: 0.25, 'entropy/hot': 1e-7 },
    ],
    annotations: [{ step: 2, stage: 'collect', high: 1.4 }],
  } as const;

  it('is a table that keeps every digit and tells 0 from nothing', () => {
    expect(metricsCsv(record).split('\r\n')).toEqual([
      'step,reward,kl,entropy/hot,changes',
      '1,0.5,,,',
      '2,0.25,,1e-7,"{""stage"":""collect"",""high"":1.4}"',
      '',
    ]);
  });

  it('is JSON line by line', () => {
    const lines = runJsonl(record).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { config: record.config },
      { change: record.annotations[0] },
      { metrics: record.rows[0] },
      { metrics: record.rows[1] },
    ]);
  });
});
