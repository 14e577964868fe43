// The settings and the page's address keep each other up to date: a link opens them, edits replace what stands in the
// address, and another room is a new entry of the history, so that "back" leads to the room before.

import type { SettingsStore } from './store.ts';

/** Edits of a dragged slider are written this long after the last; browsers refuse a page that writes too often. */
const QUIET_MS = 300;

/** What of a window is used; a test gives its own. */
export interface AddressWindow {
  readonly location: { readonly hash: string; readonly pathname: string; readonly search: string };
  readonly history: Pick<History, 'pushState' | 'replaceState'>;
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
    if (link === seen) return;
    seen = link;
    history[how](null, '', link === '' ? location.pathname + location.search : link);
  };
  const read = () => {
    const link = location.hash;
    if (link === seen) return;
    seen = link;
    if (link === settings.link()) return;
    settings.open(link);
    room = settings.getState().settings.room;
  };

  read();
  const unsubscribe = settings.subscribe((state, before) => {
    if (state.settings === before.settings) return;
    // What an address has just brought is in the address already.
    if (settings.link() === seen) {
      room = state.settings.room;
      return;
    }
    if (state.settings.room !== room) {
      room = state.settings.room;
      write('pushState');
      return;
    }
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => write('replaceState'), QUIET_MS);
  });
  window.addEventListener('popstate', read);
  window.addEventListener('hashchange', read);
  return () => {
    unsubscribe();
    window.removeEventListener('popstate', read);
    window.removeEventListener('hashchange', read);
    if (timer !== null) write('replaceState');
  };
}
