// The settings and the page's address keep each other up to date: a link opens them, edits replace what stands in the
// address, and another room is a new entry of the history, so that "back" leads to the room before. Entries that the page
// wrote itself give back their room only: going back must not take edits away (that is what undo is for).

import { ROOMS, type Room } from './settings.ts';
import type { SettingsStore } from './store.ts';

/** Edits of a dragged slider are written this long after the last; browsers refuse a page that writes too often. */
const QUIET_MS = 300;

/** What of a window is used; a test gives its own. */
export interface AddressWindow {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string };
  readonly history: Pick<History, 'pushState' | 'replaceState' | 'state'>;
  readonly addEventListener: (type: 'popstate' | 'hashchange', hear: () => void) => void;
  readonly removeEventListener: (type: 'popstate' | 'hashchange', hear: () => void) => void;
}

/**
 * Reads the address once, then keeps both sides alike. A link that is refused leaves the settings as they are.
 * @returns how to stop; what was not yet written is written then
 */
export function bindAddress(settings: SettingsStore, window: AddressWindow): () => void {
  const { location, history } = window;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let room = settings.getState().settings.room;
  /** The address as it was read or written last. */
  let seen = '';

  const write = (how: 'pushState' | 'replaceState') => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const link = settings.link();
    seen = link;
    room = settings.getState().settings.room;
    history[how]({ room }, '', link === '' ? location.pathname + location.search : link);
  };
  const open = () => {
    seen = location.hash;
    if (seen !== settings.link()) settings.open(seen);
    room = settings.getState().settings.room;
  };
  const travel = () => {
    const back = roomOf(history.state);
    if (back !== null) {
      // Before the store tells of it, so that it is not taken for a step forward.
      room = back;
      settings.go(back);
      write('replaceState');
    } else if (location.hash !== seen) open();
  };

  open();
  // What the page began with is not to be undone.
  settings.setState({ past: [] });
  // A link that was refused stays in sight until something is changed.
  if (settings.link() === seen) write('replaceState');
  const unsubscribe = settings.subscribe((state, before) => {
    // What an address has just brought is in the address already.
    if (state.settings === before.settings || settings.link() === seen) return;
    if (state.settings.room !== room) {
      write('pushState');
      return;
    }
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => write('replaceState'), QUIET_MS);
  });
  window.addEventListener('popstate', travel);
  window.addEventListener('hashchange', travel);
  return () => {
    unsubscribe();
    window.removeEventListener('popstate', travel);
    window.removeEventListener('hashchange', travel);
    if (timer !== null) write('replaceState');
  };
}

/** The room of an entry that this page wrote, or null. */
function roomOf(state: unknown): Room | null {
  const name = typeof state === 'object' && state !== null && 'room' in state ? state.room : null;
  return ROOMS.find((room) => room === name) ?? null;
}
