import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AddressWindow, bindAddress } from './address.ts';
import { createSettingsStore } from './store.ts';

/** A window with a history that works as a browser's does. */
function fakeWindow(hash = '') {
  const entries = [hash];
  const states: unknown[] = [null];
  let at = 0;
  const heard = new Map<string, Set<() => void>>();
  const strip = (url: unknown) => String(url).replace(/^[^#]*/, '');
  const tell = () => {
    for (const type of ['popstate', 'hashchange']) for (const hear of heard.get(type) ?? []) hear();
  };
  const window: AddressWindow = {
    location: {
      get hash() {
        return entries[at]!;
      },
      pathname: '/lab/',
      search: '',
    },
    history: {
      get state() {
        return states[at];
      },
      pushState: (state, _title, url) => {
        entries.splice(at + 1, entries.length, strip(url));
        states.splice(at + 1, states.length, state);
        at = entries.length - 1;
      },
      replaceState: (state, _title, url) => {
        entries[at] = strip(url);
        states[at] = state;
      },
    },
    addEventListener: (type, hear) => void heard.set(type, (heard.get(type) ?? new Set()).add(hear)),
    removeEventListener: (type, hear) => void heard.get(type)?.delete(hear),
  };
  return {
    window,
    entries,
    go: (by: number) => {
      at += by;
      tell();
    },
    type: (text: string) => {
      entries.splice(at + 1, entries.length, text);
      states.splice(at + 1, states.length, null);
      at = entries.length - 1;
      tell();
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the address', () => {
  it('opens the settings of a link', () => {
    const settings = createSettingsStore();
    bindAddress(settings, fakeWindow('#v=1&room=train&preset=paper&sampler.temperature.high=1.5').window);
    const { room, preset, config } = settings.getState().settings;
    expect(settings.getState().past).toEqual([]);
    expect([room, preset, config.sampler.temperature]).toEqual([
      'train',
      'paper',
      { rule: 'binary', high: 1.5, low: 1 },
    ]);
  });

  it('keeps the settings when a link is refused, and says why in a sentence', () => {
    const settings = createSettingsStore();
    const before = settings.getState().settings;
    bindAddress(settings, fakeWindow('#v=1&sampler.temperature.high=hot').window);
    expect(settings.getState().settings).toBe(before);
    expect(settings.getState().refusal).toMatch(/^This link is not accepted: .*\.$/);
  });

  it('replaces the address once edits rest', () => {
    const page = fakeWindow();
    const settings = createSettingsStore();
    bindAddress(settings, page.window);
    for (const high of [1.3, 1.4, 1.5]) settings.edit('sampler.temperature.high', high);
    expect(page.entries).toEqual(['']);
    vi.runAllTimers();
    expect(page.entries).toEqual(['#v=1&sampler.temperature.high=1.5']);
    settings.undo();
    vi.runAllTimers();
    expect(page.entries).toEqual(['']);
  });

  it('goes back to the room before, and forward again, and keeps edits', () => {
    const page = fakeWindow();
    const settings = createSettingsStore();
    bindAddress(settings, page.window);
    settings.go('train');
    settings.edit('group', 4);
    settings.go('learn');
    expect(page.entries).toEqual(['', '#v=1&room=train', '#v=1&room=learn&group=4']);
    const now = () => [settings.getState().settings.room, settings.getState().settings.config.group];
    page.go(-1);
    expect(now()).toEqual(['train', 4]);
    page.go(-1);
    expect(now()).toEqual(['step', 4]);
    page.go(2);
    expect(now()).toEqual(['learn', 4]);
    expect(page.entries).toEqual(['#v=1&group=4', '#v=1&room=train&group=4', '#v=1&room=learn&group=4']);
  });

  it('does not take the room of an undone edit for a step', () => {
    const page = fakeWindow();
    const settings = createSettingsStore();
    bindAddress(settings, page.window);
    settings.edit('group', 4);
    settings.go('train');
    settings.undo();
    vi.runAllTimers();
    expect(page.entries).toEqual(['', '#v=1&room=train']);
  });

  it('opens a link that is typed into a page that is there', () => {
    const page = fakeWindow();
    const settings = createSettingsStore();
    bindAddress(settings, page.window);
    page.type('#v=1&seed=9');
    expect(settings.getState().settings.config.seed).toBe(9);
    vi.runAllTimers();
    expect(page.entries).toEqual(['', '#v=1&seed=9']);
  });

  it('hears nothing any more when it is stopped, and writes what waited', () => {
    const page = fakeWindow();
    const settings = createSettingsStore();
    const stop = bindAddress(settings, page.window);
    settings.edit('seed', 3);
    stop();
    expect(page.entries).toEqual(['#v=1&seed=3']);
    page.type('#v=1&seed=9');
    expect(settings.getState().settings.config.seed).toBe(3);
  });
});
