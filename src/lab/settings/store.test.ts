import { beforeEach, describe, expect, it } from 'vitest';
import { INITIAL_SETTINGS } from './settings.ts';
import { createSettingsStore, type SettingsStore } from './store.ts';

let clock = 0;
let store: SettingsStore;
const state = () => store.getState();
const high = () => state().settings.config.sampler.temperature;

beforeEach(() => {
  clock = 0;
  store = createSettingsStore(() => clock);
});

describe('the settings store', () => {
  it('takes edits, undoes and redoes them', () => {
    store.edit('sampler.temperature.high', 1.5);
    expect(high()).toMatchObject({ high: 1.5 });
    store.undo();
    expect(state().settings).toEqual(INITIAL_SETTINGS);
    store.redo();
    expect(high()).toMatchObject({ high: 1.5 });
    expect(state().future).toEqual([]);
  });

  it('undoes a dragged slider as one edit, but not two drags', () => {
    for (const value of [1.3, 1.4, 1.5]) {
      clock += 100;
      store.edit('sampler.temperature.high', value);
    }
    clock += 1000;
    store.edit('sampler.temperature.high', 1.6);
    store.undo();
    expect(high()).toMatchObject({ high: 1.5 });
    store.undo();
    expect(state().settings).toEqual(INITIAL_SETTINGS);
  });

  it('refuses what cannot be run in a sentence, and keeps everything', () => {
    store.edit('sampler.temperature.high', 1.5);
    const before = state().settings;
    store.edit('prompts', -1);
    expect(state().settings).toBe(before);
    expect(state().refusal).toMatch(/^prompts is not accepted: /);
    store.open('#v=7');
    expect(state().settings).toBe(before);
    expect(state().refusal).toMatch(/version/);
    store.dismiss();
    expect(state().refusal).toBeNull();
  });

  it('keeps task and seed when the preset changes, and settings when the task does', () => {
    store.chooseTask('parity');
    store.edit('seed', 9);
    store.choosePreset('dapo');
    expect(state().settings).toMatchObject({ preset: 'dapo', config: { task: 'parity', seed: 9, group: 16 } });
    store.edit('prompts', 7);
    store.chooseTask('addition');
    expect(state().settings.config).toMatchObject({
      task: 'addition',
      difficulty: 'five-digits',
      prompts: 7,
      group: 16,
    });
  });

  it('does not carry the reader to another room when an edit is undone', () => {
    store.edit('prompts', 7);
    store.go('train');
    store.undo();
    expect(state().settings).toMatchObject({ room: 'train', config: { prompts: INITIAL_SETTINGS.config.prompts } });
  });
});
