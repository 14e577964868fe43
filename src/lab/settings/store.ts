// The settings of the page: edits are checked before they are taken, and can be taken back.

import { createStore, type StoreApi } from 'zustand/vanilla';
import { RunConfigError } from '../../grpo/runConfig.ts';
import { linkOf, settingsOf } from './link.ts';
import {
  changed,
  INITIAL_SETTINGS,
  type PresetName,
  presetConfig,
  type Room,
  type Settings,
  SettingsError,
} from './settings.ts';

/** Steps that can be undone. */
const LONGEST_PAST = 200;
/** Edits of one setting that follow each other this fast (a dragged slider) are undone as one. */
const SAME_EDIT_MS = 600;

export interface SettingsState {
  readonly settings: Settings;
  readonly past: readonly Settings[];
  readonly future: readonly Settings[];
  /** Why the last edit or link was not taken, one sentence; null when it was. */
  readonly refusal: string | null;
}

export interface SettingsStore extends StoreApi<SettingsState> {
  /** Sets one place of the config, such as 'sampler.temperature.high'. */
  readonly edit: (path: string, value: unknown) => void;
  /** Sets several places at once, checked and undone together: another rule and what it makes meaningless, say. */
  readonly editAll: (changes: readonly { readonly path: string; readonly value: unknown }[]) => void;
  readonly choosePreset: (preset: PresetName) => void;
  /** Another task; its first difficulty, its longest completion. */
  readonly chooseTask: (task: string) => void;
  readonly go: (room: Room) => void;
  /** null: problem `problem` of the task. */
  readonly pose: (prompt: string | null, problem?: number) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Takes the settings of a link; refused, everything stays as it was. */
  readonly open: (link: string) => void;
  readonly link: () => string;
  readonly dismiss: () => void;
}

export function createSettingsStore(
  now: () => number = () => performance.now(),
  settings: Settings = INITIAL_SETTINGS,
): SettingsStore {
  const store = createStore<SettingsState>()(() => ({
    settings,
    past: [],
    future: [],
    refusal: null,
  }));
  let lastEdit = { what: '', at: Number.NEGATIVE_INFINITY };

  const take = (settings: Settings, what: string) => {
    const state = store.getState();
    const at = now();
    const continues = what !== '' && what === lastEdit.what && at - lastEdit.at < SAME_EDIT_MS;
    lastEdit = { what, at };
    const past = continues ? state.past : [...state.past, state.settings].slice(-LONGEST_PAST);
    store.setState({ settings, past, future: [], refusal: null });
  };
  const attempt = (make: (settings: Settings) => Settings, what = '') => {
    try {
      take(make(store.getState().settings), what);
    } catch (cause) {
      if (!(cause instanceof RunConfigError || cause instanceof SettingsError)) throw cause;
      store.setState({ refusal: cause.message });
    }
  };
  const travel = (from: 'past' | 'future', to: 'past' | 'future') => {
    const state = store.getState();
    const settings = state[from].at(-1);
    if (settings === undefined) return;
    lastEdit = { what: '', at: Number.NEGATIVE_INFINITY };
    // Undoing an edit must not carry the reader to another room.
    const moved = { ...settings, room: state.settings.room };
    store.setState({
      ...state,
      settings: moved,
      [from]: state[from].slice(0, -1),
      [to]: [...state[to], state.settings],
      refusal: null,
    });
  };

  const editAll: SettingsStore['editAll'] = (changes) =>
    attempt(
      (settings) => ({ ...settings, config: changed(settings.config, changes) }),
      changes.map(({ path }) => path).join(),
    );

  return {
    ...store,
    edit: (path, value) => editAll([{ path, value }]),
    editAll,
    choosePreset: (preset) =>
      attempt((settings) => {
        const { task, difficulty, seed } = settings.config;
        return { ...settings, preset, config: presetConfig(preset, { task, difficulty, seed }) };
      }),
    chooseTask: (task) =>
      attempt((settings) => ({
        ...settings,
        config: changed(settings.config, [
          { path: 'task', value: task },
          { path: 'difficulty', value: null },
          { path: 'maxNewTokens', value: null },
        ]),
        prompt: null,
        problem: 0,
      })),
    go: (room) => store.setState((state) => ({ settings: { ...state.settings, room } })),
    pose: (prompt, problem = 0) => attempt((settings) => ({ ...settings, prompt, problem }), 'prompt'),
    undo: () => travel('past', 'future'),
    redo: () => travel('future', 'past'),
    open: (link) => attempt(() => settingsOf(link)),
    link: () => linkOf(store.getState().settings),
    dismiss: () => store.setState({ refusal: null }),
  };
}
