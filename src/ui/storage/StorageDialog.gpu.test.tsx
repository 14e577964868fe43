// The storage dialog, the policy chooser and the base's dialog on real IndexedDB, with the CPU engine.

import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { parseExperiment } from '../../experiments/definition.ts';
import { parseModelExperiment } from '../../experiments/model/definition.ts';
import { Laboratory } from '../../lab/laboratory.ts';
import { openShelf, type Shelf } from '../../lab/policies/policies.testing.ts';
import { SMALL } from '../../lab/real/experiments/modelExperiments.testing.ts';
import { drawnCheckpoint } from '../../lab/step/step.testing.ts';
import { newRun } from '../../lab/storage/storage.testing.ts';
import { writeCheckpoint } from '../../policy/checkpoint.ts';
import { LaboratoryContext } from '../laboratoryContext.ts';
import { closeDialog, openDialog } from '../policies/dialogs.ts';
import { PageDialogs } from '../policies/PageDialogs.tsx';
import { StartFrom } from '../train/StartFrom.tsx';
import '../style.css';

let page: HTMLElement;
let root: Root;
let laboratory: Laboratory;
let tab: Shelf;

beforeEach(async () => {
  page = document.createElement('div');
  document.body.append(page);
  tab = openShelf();
  laboratory = new Laboratory('http://localhost/');
  laboratory.shelf.attach(tab.client);
  laboratory.pretrain.attach(tab.client);
  const files = [...writeCheckpoint(drawnCheckpoint('countdown'))];
  await tab.shelf.open(
    files.map(([name, bytes]) => ({ path: `mine/${name}`, file: new Blob([new Uint8Array(bytes)]) })),
    'countdown',
  );
  await (await tab.runs.create(newRun({ name: 'first' }))).close();
  root = createRoot(page);
  root.render(
    <LaboratoryContext value={laboratory}>
      <StartFrom />
      <PageDialogs />
    </LaboratoryContext>,
  );
});

afterEach(() => {
  closeDialog();
  root.unmount();
  page.remove();
});

/** On a machine that has much else to do. */
const SOON = { timeout: 60_000 };

const within = (selector: string) =>
  vi.waitFor(() => page.querySelector<HTMLElement>(selector) ?? Promise.reject(), SOON);
const button = (name: RegExp | string) =>
  vi.waitFor(() => {
    const found = [...page.querySelectorAll('button')].find((each) => {
      const said = each.getAttribute('aria-label') ?? each.textContent;
      return typeof name === 'string' ? said === name : name.test(said);
    });
    if (found === undefined) throw new Error(`There is no button ${name}.`);
    return found;
  }, SOON);
const names = () => [...page.querySelectorAll('.stored-name')].map((name) => name.textContent);

it('lists what is stored, renames a run, and deletes only after it was asked', async () => {
  openDialog('storage');
  await vi.waitFor(() => expect(names()).toEqual(['first', 'mine']), SOON);
  expect((await within('.stored-use')).textContent).toMatch(/ in all of at most .*, as the browser counts it\./);

  await userEvent.click(await button('Rename first'));
  await userEvent.keyboard('{Control>}a{/Control}second{Enter}');
  await vi.waitFor(() => expect(names()).toEqual(['second', 'mine']), SOON);

  await userEvent.click(await button('Delete mine …'));
  const ask = await within('[role="alertdialog"]');
  expect(ask.getAttribute('aria-label')).toBe('Delete the policy “mine”, for good?');
  await userEvent.keyboard('{Enter}');
  await vi.waitFor(() => expect(page.querySelector('[role="alertdialog"]')).toBeNull(), SOON);
  expect(names()).toEqual(['second', 'mine']);
  await userEvent.click(await button('Delete mine …'));
  await userEvent.click(await button('Delete it'));
  await vi.waitFor(() => expect(names()).toEqual(['second']), SOON);

  await tab.experiments.create(parseExperiment({ name: 'tried', arms: [{ name: 'one' }], seeds: [1, 2], steps: 3 }));
  await laboratory.shelf.refresh();
  await vi.waitFor(() => expect(names()).toEqual(['second', 'tried']), SOON);
  expect([...page.querySelectorAll('.stored-item')].at(-1)!.textContent).toContain('0 of 2 runs');

  const asked = parseModelExperiment({ ...SMALL, model: { name: 'a model', dtype: 'q4', weightsBytes: 1 } });
  for (const name of ['asked', 'asked too']) await tab.modelExperiments.create({ ...asked, name });
  await laboratory.shelf.refresh();
  await vi.waitFor(() => expect(names().slice(0, 2)).toEqual(['second', 'tried']), SOON);
  await vi.waitFor(() => expect(names().slice(2).toSorted()).toEqual(['asked', 'asked too']), SOON);
  expect([...page.querySelectorAll('.stored-item')].at(-1)!.textContent).toContain(
    'on a language model · 0 of 6 cells',
  );
  await userEvent.click(await button('Delete asked too …'));
  await userEvent.click(await button('Delete it'));
  await vi.waitFor(() => expect(names()).toEqual(['second', 'tried', 'asked']), SOON);

  await userEvent.click(await button('Delete everything …'));
  expect((await within('[role="alertdialog"]')).getAttribute('aria-label')).toBe(
    'Delete 1 run, 0 policies and 2 experiments, for good?',
  );
  await userEvent.click(await button('Delete everything'));
  await vi.waitFor(() => expect(names()).toEqual([]), SOON);
  expect(await tab.runs.list()).toEqual([]);
  expect(await tab.experiments.list()).toEqual([]);
  expect(await tab.modelExperiments.list()).toEqual([]);
});

it('opens what is dropped, and says in a sentence what it cannot open', async () => {
  openDialog('storage');
  await vi.waitFor(() => expect(names()).toHaveLength(2), SOON);
  const target = await within('.stored');
  const drop = (...files: File[]) => {
    const dataTransfer = new DataTransfer();
    for (const file of files) dataTransfer.items.add(file);
    target.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  };
  drop(new File(['no'], 'run.zip'));
  await vi.waitFor(
    () => expect(page.querySelector('[role="alert"]')?.textContent).toBe('The file is not a zip file, or is damaged.'),
    SOON,
  );
  const { name, file } = (await tab.shelf.exportPolicy((await tab.policies.list())[0]!.id))!;
  drop(new File([file], name));
  await vi.waitFor(() => expect(names()).toEqual(['first', 'mine', 'mine']), SOON);
  expect(page.querySelector('[role="alert"]')).toBeNull();
});

it('offers own policies and checkpoints as the start of a run', async () => {
  const select = (await within('select')) as HTMLSelectElement;
  await vi.waitFor(() => expect(select.querySelectorAll('option')).toHaveLength(3), SOON);
  expect([...select.querySelectorAll('option')].map((option) => option.textContent)).toEqual([
    'base that comes with the page',
    'mine',
    'step 0 (start)',
  ]);
  await userEvent.selectOptions(select, 'mine');
  const [{ id } = { id: '' }] = await tab.policies.list();
  expect(laboratory.shelf.startOf('countdown')).toEqual({ kind: 'own', id });
  await tab.policies.remove(id);
  await laboratory.shelf.refresh();
  expect(laboratory.shelf.startOf('countdown')).toEqual({ kind: 'base', task: 'countdown' });
  await vi.waitFor(() => expect(select.selectedOptions[0]!.textContent).toBe('base that comes with the page'), SOON);
});

it('makes a base from its dialog, and asks what to do with one that was stopped', async () => {
  openDialog('pretrain');
  await button('Begin');
  laboratory.pretrain.change({ size: 'small', steps: 500 });
  await userEvent.click(await button('Begin'));
  await vi.waitFor(() => expect(laboratory.pretrain.getState().step).toBeGreaterThan(0), SOON);
  expect(page.querySelector('.loss-curve svg')!.getAttribute('aria-label')).toMatch(/^Loss by step: /);
  await userEvent.click(await button('Stop'));
  await userEvent.click(await button('Keep what is there'));
  await vi.waitFor(
    () => expect(page.querySelector('.pretrain-result h3')?.textContent).toMatch(/^Countdown, \d+ steps, seed 0$/),
    SOON,
  );
  expect((await tab.policies.list())[0]!.origin).toMatch(
    / in \d+ of 500 steps on Countdown .* of 64 held-out problems\.$/,
  );
  expect(page.querySelector('.pretrain-result dl')!.textContent).toMatch(/pass@1.*pass@16.*knowledge right/);
  await button('Train from this base');
});

it('exports the chosen policy for transformers.js, and says what was compared', async () => {
  openDialog('storage');
  await userEvent.click(await button('Export mine for transformers.js (ONNX) …'));
  const select = await vi.waitFor(
    () => page.querySelector<HTMLSelectElement>('.policy-export .policy-chooser select') ?? Promise.reject(),
    SOON,
  );
  await vi.waitFor(() => expect(select.selectedOptions[0]?.textContent).toBe('mine'), SOON);
  const saved: string[] = [];
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  await userEvent.click(await button('Export'));
  await vi.waitFor(() => expect(page.querySelector('.policy-export .notice')).not.toBeNull(), { timeout: 120_000 });
  click.mockRestore();
  expect(page.querySelector('.policy-export .notice')!.textContent).toMatch(
    /^mine\.zip is ready: transformers\.js loaded it, and its logits differ from the policy’s by at most \d/,
  );
  expect(saved).toEqual(['mine.zip']);
});
