import { StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { parseRunConfig, type RunConfigInput } from '../../grpo/runConfig.ts';
import { HELP } from '../../lab/help.ts';
import { Laboratory } from '../../lab/laboratory.ts';
import { spoken } from '../kit/Term.tsx';
import { LaboratoryContext } from '../laboratoryContext.ts';
import '../style.css';
import { ControlPanel } from './ControlPanel.tsx';

let page: HTMLElement;
let root: Root;
let laboratory: Laboratory;

beforeEach(() => {
  page = document.createElement('div');
  page.style.width = '340px';
  document.body.append(page);
  root = createRoot(page);
  // Without a worker: the settings do not need one.
  laboratory = new Laboratory('http://localhost/');
  root.render(
    <StrictMode>
      <LaboratoryContext value={laboratory}>
        <ControlPanel />
      </LaboratoryContext>
    </StrictMode>,
  );
});

afterEach(() => {
  root.unmount();
  page.remove();
});

const config = () => laboratory.settings.getState().settings.config;
const find = <E extends Element = HTMLElement>(selector: string) =>
  vi.waitFor(() => {
    const found = page.querySelector<E & HTMLElement>(selector);
    if (found === null) throw new Error(`There is no ${selector}.`);
    return found;
  });
const openSection = async (title: string) => {
  await vi.waitFor(() => expect(page.querySelectorAll('summary').length).toBeGreaterThan(0));
  const summary = [...page.querySelectorAll('summary')].find((each) => each.textContent.startsWith(title))!;
  await userEvent.click(summary);
};

/** Configs whose fields together are all fields there are. */
const EVERYTHING: readonly RunConfigInput[] = [
  {
    sampler: { threshold: { rule: 'floored' }, queue: { warmup: { entropies: 10 } } },
    schedules: { high: { kind: 'linear' }, low: { kind: 'spike' } },
    loss: { variant: 'archer' },
    lossTemperature: { mode: 'truncated' },
  },
  {
    sampler: { temperature: { rule: 'edt' }, threshold: { rule: 'top-p' } },
    schedules: { tau: { kind: 'entropy' } },
    loss: { variant: 'clip-cov' },
  },
  {
    sampler: { temperature: { rule: 'fixed' }, threshold: { rule: 'absolute' } },
    schedules: { tau: { kind: 'stages', stages: [{ step: 0, tau: 1 }] } },
    loss: { variant: 'kl-cov' },
  },
  { schedules: { high: { kind: 'points', points: [{ step: 0, tau: 1 }] }, low: { kind: 'constant' } } },
];

describe('the controls', () => {
  it('reach every field of the config, with its help', async () => {
    const offered = new Set<string>();
    for (const input of EVERYTHING) {
      laboratory.settings.editAll(
        Object.entries(parseRunConfig(input))
          .filter(([path]) => path !== 'version')
          .map(([path, value]) => ({ path, value })),
      );
      expect(laboratory.settings.getState().refusal).toBeNull();
      await find('.controls-section');
      for (const section of page.querySelectorAll<HTMLDetailsElement>('.controls-section')) {
        section.open = true;
        await vi.waitFor(() => expect(section.querySelector('.controls-body')).not.toBeNull());
        for (const button of page.querySelectorAll('.help'))
          offered.add(button.getAttribute('aria-label')!.toLowerCase());
        section.open = false;
        await vi.waitFor(() => expect(section.querySelector('.controls-body')).toBeNull());
      }
    }
    // The difficulty stands beside the task, under one label.
    const missing = Object.entries(HELP)
      .filter(([path, { label }]) => path !== 'difficulty' && !offered.has(`about ${spoken(label).toLowerCase()}`))
      .map(([path]) => path);
    expect(missing).toEqual([]);
    expect(page.querySelector('[aria-label="Difficulty"]')).not.toBeNull();
  });

  it('edit a temperature, mark what differs, and go back', async () => {
    const thumb = await find('[role="slider"][aria-label="T high, slider"]');
    thumb.focus();
    await userEvent.keyboard('{ArrowRight}');
    expect(config().sampler.temperature).toMatchObject({ high: 1.25 });
    await userEvent.click(await find('button[aria-label="Set T high back to the preset\'s 1.2"]'));
    expect(config().sampler.temperature).toMatchObject({ high: 1.2 });
    await vi.waitFor(() => expect(page.querySelector('[data-differs]')).toBeNull());
  });

  it('change the rule, and show its own numbers', async () => {
    await userEvent.selectOptions(await find('select[aria-label="Temperature rule"]'), 'fixed');
    expect(config().sampler.temperature).toEqual({ rule: 'fixed', tau: 0.8 });
    await find('[role="slider"][aria-label="τ, slider"]');
    expect(page.querySelector('[role="slider"][aria-label="T high, slider"]')).toBeNull();
  });

  it('say what a run that goes on uses instead', async () => {
    laboratory.run.setState({ phase: 'running', appliedConfig: config() });
    await find('[role="slider"]');
    expect(page.querySelector('.not-applied')).toBeNull();
    laboratory.settings.edit('sampler.temperature.low', 0.5);
    const note = await find('.not-applied');
    expect(note.textContent).toBe('not applied yet: the run has 0.8');
  });

  it('take the fields of another objective', async () => {
    await openSection('Objective');
    await userEvent.selectOptions(await find('select[aria-label="Variant"]'), 'dapo');
    expect(config().loss).toMatchObject({ variant: 'dapo', clipHigh: 0.28, average: 'token' });
  });

  it('turn a number on and off that may be off', async () => {
    await openSection('Objective');
    await userEvent.click(await find('[role="switch"][aria-label="Dual clip"]'));
    expect(config().loss.dualClip).toBe(10);
    await userEvent.click(await find('[role="switch"][aria-label="Dual clip, on"]'));
    expect(config().loss.dualClip).toBeNull();
  });

  it('draw a schedule with the keyboard alone', async () => {
    laboratory.settings.edit('schedules.high', {
      kind: 'points',
      points: [
        { step: 0, tau: 1.2 },
        { step: 100, tau: 1 },
      ],
    });
    await openSection('Over training');
    (await find('button[aria-label="Point 2: step 100, τ 1"]')).focus();
    await userEvent.keyboard('{ArrowUp}{Shift>}{ArrowRight}{/Shift}');
    expect(config().schedules.high).toMatchObject({ points: [{ step: 0 }, { step: 110, tau: 1.01 }] });
    await userEvent.keyboard('{Delete}');
    expect(config().schedules.high).toMatchObject({ points: [{ step: 0, tau: 1.2 }] });
  });

  it('build a ladder, and refuse one that makes a temperature negative', async () => {
    await openSection('Ladder');
    const buttons = () => [...page.querySelectorAll('button')];
    await userEvent.click(buttons().find((button) => button.textContent === 'The authors’')!);
    expect(config().sampler.ladder.offsets).toHaveLength(8);
    const field = await find<HTMLInputElement>('input[aria-label="Shift 1"]');
    await userEvent.fill(field, '-5');
    await userEvent.keyboard('{Enter}');
    expect(config().sampler.ladder.offsets[0]).toBe(0);
    expect(laboratory.settings.getState().refusal).toMatch(/temperatures must stay above 0\.$/);
  });
});
