// The room on a real run: the page's store, the worker's service and the CPU engine in one thread.

import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Laboratory } from '../../lab/laboratory.ts';
import { CONFIG, openTab, type Tab } from '../../lab/train/train.testing.ts';
import { TooltipProvider } from '../kit/Tooltip.tsx';
import { LaboratoryContext } from '../laboratoryContext.ts';
import '../style.css';
import { TrainView } from './TrainView.tsx';
import { TrainContext } from './trainContext.ts';

let page: HTMLElement;
let root: Root;
let tab: Tab;
let laboratory: Laboratory;

beforeEach(async () => {
  page = document.createElement('div');
  page.style.width = '1000px';
  document.body.append(page);
  root = createRoot(page);
  tab = openTab();
  laboratory = new Laboratory(document.baseURI);
  laboratory.settings.editAll([
    { path: 'prompts', value: CONFIG.prompts },
    { path: 'group', value: CONFIG.group },
  ]);
  root.render(
    <LaboratoryContext value={laboratory}>
      <TooltipProvider>
        <TrainContext value={tab.store}>
          <TrainView />
        </TrainContext>
      </TooltipProvider>
    </LaboratoryContext>,
  );
});

afterEach(async () => {
  root.unmount();
  page.remove();
  await tab.store.close();
});

const button = (name: string) =>
  [...page.querySelectorAll('button')].find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent) === name && !one.disabled,
  );
const press = async (name: string) => {
  await vi.waitFor(() => expect(button(name), name).toBeDefined(), 30_000);
  button(name)!.click();
};
/** Radix' tabs listen to the pointer, not to the click. */
const choose = async (name: string) => {
  const find = () => [...page.querySelectorAll<HTMLElement>('[role="tab"]')].find((one) => one.textContent === name);
  await vi.waitFor(() => expect(find()).toBeDefined());
  find()!.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true, button: 0 }));
};
const status = () => page.querySelector('.run-now')!.textContent;
const trained = async (steps: number) => {
  for (let done = 0; done < steps; done++) {
    await press('One step');
    await vi.waitFor(() => {
      expect(tab.store.getState().rows).toHaveLength(done + 1);
      expect(tab.store.getState().run!.phase).toBe('paused');
    }, 60_000);
  }
};
const begun = async () => {
  expect(await tab.store.start(CONFIG, { kind: 'base', task: CONFIG.task })).toBe(true);
};

it('says what a run would be, before there is one', async () => {
  const sentence = `draws ${CONFIG.group} rollouts of ${CONFIG.prompts} problems of Countdown`;
  await vi.waitFor(() => expect(page.textContent).toContain(sentence));
  expect(button('Start a run')).toBeDefined();
});

it('trains step by step, in words and in charts', async () => {
  await begun();
  await vi.waitFor(() => expect(status()).toMatch(/^Ready; first: drawing 4 rollouts of each of 2 problems/));
  await trained(2);
  expect(status()).toMatch(/^Paused after 2 steps/);
  const rewards = tab.store.getState().rows.map((row) => row['reward']!);
  const shown = () => page.querySelector('[data-series="reward"]')?.textContent;
  await vi.waitFor(() => expect(Number(shown())).toBeCloseTo(rewards.at(-1)!, 5), 20_000);
  const chart = page.querySelector('.chart')!;
  // A point for each step.
  await vi.waitFor(
    () => expect(chart.querySelector('.chart-line')!.getAttribute('d')!.match(/[ML]/g)).toHaveLength(2),
    20_000,
  );
});

it('takes one stage at a time', async () => {
  await begun();
  await press('One stage');
  await vi.waitFor(() => expect(status()).toMatch(/^Paused inside step 0; next: scoring 8 rollouts/), 30_000);
});

it('marks a live change in the charts, and moves the settings along', async () => {
  await begun();
  await trained(1);
  const high = () => [...page.querySelectorAll<HTMLElement>('.live [role="slider"]')][0]!;
  await vi.waitFor(() => expect(high()).toBeDefined());
  page.querySelector('details')!.open = true;
  high().focus();
  high().dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }));
  await vi.waitFor(() =>
    expect(page.querySelector('.live-head')!.textContent).toContain('Before the next stage: T_high'),
  );
  const wanted = tab.store.getState().run!.waiting!.high!;
  expect(laboratory.settings.getState().settings.config.sampler.temperature).toMatchObject({ high: wanted });
  await press('One step');
  await vi.waitFor(() => expect(tab.store.getState().rows).toHaveLength(2), 60_000);
  await vi.waitFor(
    () => expect(page.querySelector('.chart-mark title')?.textContent).toBe(`step 1: T_high ${wanted}`),
    20_000,
  );
});

it('shows the rollouts of the last step with their hot tokens, rewards and advantages', async () => {
  await begun();
  await trained(1);
  await choose('Rollouts');
  await vi.waitFor(() => expect(page.querySelectorAll('.rollouts tbody tr')).toHaveLength(CONFIG.group), 10_000);
  const records = tab.store.getState().looked!.records!.slice(0, CONFIG.group);
  const hot = records.reduce((sum, record) => sum + record.hot.reduce<number>((n, one) => n + one, 0), 0);
  expect(page.querySelectorAll('.token-hot')).toHaveLength(hot);
  const texts = [...page.querySelectorAll('.completion')].map((one) => one.textContent.replaceAll('␣', ' '));
  expect(texts).toEqual(records.map(({ completion, finished }) => completion + (finished ? '' : '…')));
});

it('asks before it rewinds, and then stands at the checkpoint', async () => {
  await begun();
  await trained(2);
  await choose('Checkpoints');
  await press('Rewind to step 0');
  await vi.waitFor(() => expect(page.querySelector('dialog')!.textContent).toContain('The 2 steps after it'));
  expect(tab.store.getState().rows).toHaveLength(2);
  await press('Rewind');
  await vi.waitFor(() => expect(tab.store.getState().rows).toHaveLength(0), 20_000);
  await vi.waitFor(() => expect(status()).toMatch(/^Ready/), 20_000);
});
