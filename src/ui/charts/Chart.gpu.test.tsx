import { StrictMode, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { MetricsRow } from '../../grpo/stages.ts';
import { drawFigure } from '../../lab/charts/figure.ts';
import type { Mark } from '../../lab/charts/marks.ts';
import { chartModel, type Series } from '../../lab/charts/model.ts';
import { pngOf } from '../../lab/charts/paint.ts';
import { COLD, HOT } from '../../lab/charts/style.ts';
import { columnOf, trackOf } from '../../lab/charts/track.ts';
import '../style.css';
import { Chart, type ChartProps } from './Chart.tsx';
import { lightColourOf } from './save.ts';
import { createSharedView, SharedViewProvider, type SharedViewStore } from './view.ts';

let page: HTMLElement;
let root: Root;
let view: SharedViewStore;

// Recharts, which the page fetches with its first chart.
beforeAll(async () => void (await import('./Plot.tsx')));

beforeEach(() => {
  page = document.createElement('div');
  page.style.width = '400px';
  document.body.append(page);
  root = createRoot(page);
  view = createSharedView();
});

afterEach(() => {
  root.unmount();
  page.remove();
});

const rowsTo = (n: number): MetricsRow[] =>
  Array.from({ length: n }, (_, i) => ({
    step: i + 1,
    'entropy/hot': 1 + i / 10,
    'entropy/cold': i === 4 ? null : 0.25,
    num_tokens: 100 * (i + 1),
    step_time: 60,
  }));

function seriesOf(rows: readonly MetricsRow[]): ChartProps['series'] {
  const track = trackOf(rows);
  return [
    { key: 'entropy/hot', label: 'hot', style: HOT, track, values: columnOf(rows, 'entropy/hot') },
    { key: 'entropy/cold', label: 'cold', style: COLD, track, values: columnOf(rows, 'entropy/cold') },
  ];
}

const show = (charts: readonly ChartProps[]) =>
  root.render(
    <StrictMode>
      <SharedViewProvider value={view}>
        {charts.map((chart) => (
          <Chart key={chart.title} {...chart} />
        ))}
      </SharedViewProvider>
    </StrictMode>,
  );

const one = (selector: string) => page.querySelector(selector);
const linesOf = () => [...page.querySelectorAll<SVGPathElement>('.chart-line')];
const cursorOf = (title: string) => one(`[role="slider"][aria-label^="${title}"]`) as HTMLElement;
const readings = () => [...page.querySelectorAll('.chart-legend output')].map((output) => output.textContent);
const press = (title: string, key: string, more: KeyboardEventInit = {}) =>
  cursorOf(title).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));

/** The drawing is there once the chart has had its turn. */
const drawn = (count: number) => vi.waitFor(() => expect(linesOf()).toHaveLength(count), 20_000);

it('draws its lines with the axes, and interrupts them where values are missing', async () => {
  show([{ title: 'Entropy', unit: 'nats', series: seriesOf(rowsTo(10)) }]);
  await drawn(2);
  const [hot, cold] = linesOf();
  expect(hot!.getAttribute('d')!.match(/M/g)).toHaveLength(1);
  expect(cold!.getAttribute('d')!.match(/M/g)).toHaveLength(2);
  expect(hot!.getAttribute('stroke-dasharray')).not.toBe(cold!.getAttribute('stroke-dasharray'));
  expect(one('.chart-lines')!.textContent).toContain('1.5');
  expect(one('figure')!.textContent).toContain('nats');
});

it('reads exact values by keyboard, in every chart at the same step, and in words', async () => {
  const series = seriesOf(rowsTo(10));
  show([
    { title: 'Entropy', series },
    { title: 'Gate', series },
  ]);
  await drawn(4);
  expect(readings()).toEqual(['1.9', '0.25', '1.9', '0.25']);
  flushSync(() => press('Entropy', 'ArrowLeft'));
  expect(view.getState().cursorStep).toBe(9);
  flushSync(() => press('Entropy', 'Home'));
  expect(readings()).toEqual(['1', '0.25', '1', '0.25']);
  flushSync(() => view.setState({ cursorStep: 5 }));
  expect(readings()).toEqual(['1.4', '–', '1.4', '–']);
  expect(cursorOf('Gate').getAttribute('aria-valuetext')).toBe('step 5: hot 1.4, cold –');
  expect(page.querySelectorAll('.chart-rule')).toHaveLength(2);
  flushSync(() => press('Entropy', 'Escape'));
  expect(page.querySelectorAll('.chart-rule')).toHaveLength(0);
});

it('zooms all charts to the steps that were dragged over, and back', async () => {
  const series = seriesOf(rowsTo(100));
  show([{ title: 'Entropy', series }]);
  await drawn(2);
  const before = linesOf()[0]!.getAttribute('d');
  const box = cursorOf('Entropy').getBoundingClientRect();
  const point = (type: string, share: number) =>
    new PointerEvent(type, {
      clientX: box.left + 46 + share * (box.width - 60),
      clientY: box.top + 50,
      bubbles: true,
      pointerId: 1,
    });
  cursorOf('Entropy').setPointerCapture = () => undefined;
  flushSync(() => cursorOf('Entropy').dispatchEvent(point('pointerdown', 0.25)));
  flushSync(() => cursorOf('Entropy').dispatchEvent(point('pointermove', 0.75)));
  expect(one('.chart-selection')).not.toBeNull();
  flushSync(() => cursorOf('Entropy').dispatchEvent(point('pointerup', 0.75)));
  const [from, to] = view.getState().range!;
  expect(from).toBeCloseTo(25.75, 0);
  expect(to).toBeCloseTo(75.25, 0);
  await vi.waitFor(() => expect(linesOf()[0]!.getAttribute('d')).not.toBe(before));
  flushSync(() => press('Entropy', '0'));
  await vi.waitFor(() => expect(linesOf()[0]!.getAttribute('d')).toBe(before));
});

it('keeps the raw line, faint, beside the smooth one', async () => {
  show([{ title: 'Entropy', series: seriesOf(rowsTo(50)) }]);
  await drawn(2);
  flushSync(() => view.setState({ smoothing: 0.9 }));
  await drawn(4);
  const raw = linesOf().find((line) => line.classList.contains('raw'))!;
  expect(Number(getComputedStyle(raw).opacity)).toBeLessThan(0.5);
});

it('draws seeds thin behind their mean with its band, and reads only the mean', async () => {
  const [hot] = seriesOf(rowsTo(10)) as readonly Series[];
  const seeds = [0, 1].map((seed): Series => ({ ...hot!, key: `seed ${seed}`, label: `seed ${seed}`, weight: 'thin' }));
  const band = (index: number) => (index < 8 ? { low: 0.5, high: 3 } : null);
  show([{ title: 'Reward', series: [...seeds, { ...hot!, label: 'mean', weight: 'bold', isSmoothed: true, band }] }]);
  await drawn(3);
  expect(linesOf().map((line) => line.classList[1])).toEqual(['thin', 'thin', 'bold']);
  expect(one('.chart-band')!.getAttribute('d')).toMatch(/^M.*Z$/);
  flushSync(() => press('Reward', 'Home'));
  expect(cursorOf('Reward').getAttribute('aria-valuetext')).toBe('step 1: mean 1');
  expect(readings()).toEqual(['1']);
});

it('puts one cursor over runs that spend their tokens otherwise, at the same number of tokens', async () => {
  const rows = rowsTo(10);
  const dear = rows.slice(0, 6).map((row) => ({ ...row, num_tokens: 4 * row['num_tokens']! }));
  const lines = [rows, dear].map((of, i): Series => {
    const track = trackOf(of);
    return { key: `run ${i}`, label: `run ${i}`, style: [HOT, COLD][i]!, track, values: columnOf(of, 'entropy/hot') };
  });
  view.setState({ mode: 'tokens' });
  show([{ title: 'Entropy', series: lines }]);
  await drawn(2);
  // The second run comes further in tokens, so its steps are walked; at its step 2, of 800 tokens, the first is at step 8.
  flushSync(() => press('Entropy', 'Home'));
  flushSync(() => press('Entropy', 'ArrowRight'));
  expect(cursorOf('Entropy').getAttribute('aria-valuetext')).toBe('800 tokens so far: run 0 1.7, run 1 1.1');
  // And at 1200 tokens the first is over.
  flushSync(() => press('Entropy', 'ArrowRight'));
  expect(readings()).toEqual(['–', '1.2']);
});

it('says what a log axis leaves out, and when there is nothing at all', async () => {
  const rows = rowsTo(3);
  const track = trackOf(rows);
  const zero = { key: 'audit', label: 'audit', style: COLD, track, values: Float64Array.of(0, 0, 0) };
  show([{ title: 'Audit', series: [zero], scale: 'log' }]);
  await vi.waitFor(() => expect(one('.chart-empty')!.textContent).toContain('log axis'), 20_000);
  show([{ title: 'Audit', series: [{ ...zero, values: Float64Array.of(0, 1e-6, 1e-5) }], scale: 'log' }]);
  await vi.waitFor(() => expect(one('.chart-notes')!.textContent).toBe('1 value ≤ 0 left out'), 20_000);
});

it('marks what happened, with a text', async () => {
  const marks: readonly Mark[] = [
    { step: 3, kind: 'change', text: 'T_high 1.4' },
    { step: 99, kind: 'warning', text: 'not yet' },
  ];
  show([{ title: 'Entropy', series: seriesOf(rowsTo(10)), marks }]);
  await drawn(2);
  const titles = [...page.querySelectorAll('.chart-mark title')].map((title) => title.textContent);
  expect(titles).toEqual(['step 3: T_high 1.4']);
});

it('saves figures in the colours of a light ground, whatever the theme', async () => {
  document.documentElement.dataset['theme'] = 'light';
  const light = ['--hot', '--series-0'].map(lightColourOf);
  document.documentElement.dataset['theme'] = 'dark';
  expect(['--hot', '--series-0'].map(lightColourOf)).toEqual(light);
  delete document.documentElement.dataset['theme'];

  const [hot] = seriesOf(rowsTo(10)) as readonly Series[];
  const model = chartModel([hot!], { mode: 'step', scale: 'linear', range: null, smoothing: 0 });
  const figure = drawFigure({
    title: 'Entropy',
    unit: 'nats',
    mode: 'step',
    model,
    marks: [],
    caption: 'a run',
    smoothing: 0,
    colourOf: lightColourOf,
  });
  const picture = await createImageBitmap(await pngOf(figure));
  expect([picture.width, picture.height]).toEqual([2 * figure.width, 2 * figure.height]);
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d')!;
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, picture.width, picture.height).data;
  expect([...pixels.slice(0, 4)]).toEqual([255, 255, 255, 255]);
  const wanted = light[0]!.match(/\d+/g)!.map(Number);
  const isHot = (i: number) => wanted.every((value, channel) => pixels[i + channel] === value);
  const hotPixels = Array.from({ length: pixels.length / 4 }, (_, i) => i * 4).filter(isHot);
  expect(hotPixels.length).toBeGreaterThan(300);
});

it('is drawn at most four times a second, whatever comes in', async () => {
  let add: (rows: number) => void = () => undefined;
  function Growing() {
    const [series, setSeries] = useState(() => seriesOf(rowsTo(10)));
    add = (rows) => setSeries(seriesOf(rowsTo(rows)));
    return <Chart title="Entropy" series={series} />;
  }
  root.render(
    <SharedViewProvider value={view}>
      <Growing />
    </SharedViewProvider>,
  );
  await drawn(2);
  let drawings = 0;
  const observer = new MutationObserver(() => drawings++);
  observer.observe(linesOf()[0]!, { attributeFilter: ['d'] });
  const began = performance.now();
  for (let rows = 11; rows < 200; rows++) {
    flushSync(() => add(rows));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await vi.waitFor(() => expect(one('.chart-cursor')!.getAttribute('aria-valuemax')).toBe('199'));
  expect(drawings).toBeGreaterThan(0);
  expect(drawings).toBeLessThanOrEqual((performance.now() - began) / 250 + 1);
});

it('draws nothing that is not on screen', async () => {
  page.style.paddingTop = '5000px';
  show([{ title: 'Entropy', series: seriesOf(rowsTo(10)) }]);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(linesOf()).toHaveLength(0);
  page.style.paddingTop = '0';
  await drawn(2);
});
