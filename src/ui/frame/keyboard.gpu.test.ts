import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { type Actions, createActions } from '../../lab/actions.ts';
import { listenToKeys } from './keyboard.ts';

let page: HTMLElement;
let actions: Actions;
let ran: string[];
let stop: () => void;
let arePlainKeysOn: boolean;

beforeEach(() => {
  page = document.createElement('div');
  page.innerHTML = `
    <main tabindex="-1"></main>
    <button type="button">Press</button>
    <input class="number" /><textarea></textarea>
    <div role="slider" tabindex="0" aria-valuenow="1"></div>
    <dialog><button type="button">In the dialog</button></dialog>`;
  document.body.append(page);
  ran = [];
  arePlainKeysOn = true;
  actions = createActions();
  actions.register(
    ['Space', 'ArrowRight', 'N', '?', 'Mod+Z', 'Mod+K'].map((key) => ({
      id: key,
      label: key,
      group: 'Test',
      keys: [key],
      run: () => void ran.push(key),
    })),
  );
  stop = listenToKeys(actions, () => arePlainKeysOn);
});

afterEach(() => {
  stop();
  page.remove();
});

const EVERYTHING = ' {ArrowRight}n{Shift>}?{/Shift}{Control>}z{/Control}{Control>}k{/Control}';
const pressAll = async (selector: string) => {
  page.querySelector<HTMLElement>(selector)!.focus();
  await userEvent.keyboard(EVERYTHING);
  return ran;
};

describe('keys', () => {
  it('are the page’s where nothing else takes them', async () => {
    expect(await pressAll('main')).toEqual(['Space', 'ArrowRight', 'N', '?', 'Mod+Z', 'Mod+K']);
  });

  it('leave a button its space', async () => {
    let presses = 0;
    page.querySelector('button')!.addEventListener('click', () => presses++);
    expect(await pressAll('button')).toEqual(['ArrowRight', 'N', '?', 'Mod+Z', 'Mod+K']);
    expect(presses).toBe(1);
  });

  it('leave a slider its arrows', async () => {
    expect(await pressAll('[role="slider"]')).toEqual(['Space', 'N', '?', 'Mod+Z', 'Mod+K']);
  });

  it('leave text its letters and its own undo', async () => {
    const edits = new Set<string>();
    page.querySelector('textarea')!.addEventListener('input', (event) => edits.add((event as InputEvent).inputType));
    expect(await pressAll('textarea')).toEqual(['Mod+K']);
    expect([...edits]).toEqual(['insertText', 'historyUndo']);
  });

  it('undo settings from a number field, which has no undo of its own', async () => {
    expect(await pressAll('input')).toEqual(['Mod+Z', 'Mod+K']);
  });

  it('leave an open dialog alone', async () => {
    page.querySelector('dialog')!.showModal();
    expect(await pressAll('dialog button')).toEqual([]);
  });

  it('need Ctrl or Command when plain keys are off', async () => {
    arePlainKeysOn = false;
    expect(await pressAll('main')).toEqual(['Mod+Z', 'Mod+K']);
  });

  it('do nothing any more when nobody listens', async () => {
    stop();
    expect(await pressAll('main')).toEqual([]);
  });
});
