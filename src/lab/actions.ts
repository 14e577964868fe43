// What a reader can do, as named objects: a key press, the command palette, a menu and a test all run the same list.

import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Action {
  /** 'room/what', such as 'step/next'. */
  readonly id: string;
  readonly label: string;
  /** Heading in lists. */
  readonly group: string;
  /** Keys that run it, each as in 'Space', 'ArrowRight', '?', 'Mod+Shift+Z'; Mod is Command on a Mac, else Control. */
  readonly keys?: readonly string[];
  /** Default: always. */
  readonly isPossible?: () => boolean;
  readonly run: () => void;
}

/** What of a KeyboardEvent counts. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const isPossible = (action: Action) => action.isPossible?.() ?? true;

/** 'Mod+Shift+Z' for a key press, or null for a modifier alone. */
export function keyOf(press: KeyPress): string | null {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = press;
  if (['Control', 'Meta', 'Alt', 'Shift'].includes(key)) return null;
  const isMod = ctrlKey || metaKey;
  const name = key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key;
  // Shift is already in a character such as '?', but not in a letter or a key with a name.
  const hasShift = shiftKey && (key.length > 1 || name === 'Space' || name !== key.toLowerCase());
  return [isMod && 'Mod', altKey && 'Alt', hasShift && 'Shift', name].filter(Boolean).join('+');
}

/** True: the key is a plain one, which a field to type in takes for itself. */
export function isPlainKey(key: string): boolean {
  return !key.includes('Mod+') && !key.includes('Alt+');
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};
const MAC_SIGNS: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' };

/** A key as it is written on the reader's keyboard. */
export function keyText(key: string, isMac: boolean): string {
  const signs = key.split('+').map((part) => SIGNS[part] ?? (isMac ? MAC_SIGNS[part] : undefined) ?? part);
  return isMac ? signs.join('') : signs.map((sign) => (sign === 'Mod' ? 'Ctrl' : sign)).join('+');
}

export interface Actions extends StoreApi<readonly Action[]> {
  /** Adds actions; of two with one key the later is asked first. Returns how to take them away again. */
  readonly register: (actions: readonly Action[]) => () => void;
  /** The action that a key runs now, or null. */
  readonly forKey: (key: string) => Action | null;
  /** Runs an action by its name if it is possible now; tells whether it was. */
  readonly run: (id: string) => boolean;
}

export function createActions(): Actions {
  const store = createStore<readonly Action[]>()(() => []);
  const find = (isIt: (action: Action) => boolean) =>
    store.getState().findLast((action) => isIt(action) && isPossible(action)) ?? null;
  return {
    ...store,
    register: (actions) => {
      store.setState([...store.getState(), ...actions], true);
      return () =>
        store.setState(
          store.getState().filter((action) => !actions.includes(action)),
          true,
        );
    },
    forKey: (key) => find(({ keys }) => keys?.includes(key) === true),
    run: (id) => {
      const action = find((candidate) => candidate.id === id);
      action?.run();
      return action !== null;
    },
  };
}

/**
 * Actions that a search finds, best first: every word must be in the label or the group; a label that begins with the
 * search comes before the others.
 */
export function searchActions(actions: readonly Action[], search: string): Action[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = ({ label }: Action) => {
    const text = label.toLowerCase();
    if (words.length === 0 || text.startsWith(words[0]!)) return 0;
    return words.every((word) => text.includes(word)) ? 1 : 2;
  };
  return actions
    .filter((action) => isPossible(action))
    .filter(({ label, group }) => words.every((word) => `${group} ${label}`.toLowerCase().includes(word)))
    .map((action) => ({ action, rank: rank(action) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ action }) => action);
}
