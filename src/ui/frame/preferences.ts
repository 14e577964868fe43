// What the reader prefers on this machine: kept in the browser, and no part of a link.

import { createStore, type StoreApi } from 'zustand/vanilla';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  readonly theme: Theme;
  readonly arePlainKeysOn: boolean;
  /** Whether the controls are open beside the room. */
  readonly areControlsOpen: boolean;
}

/** Other pages may live on the same host. */
const KEY = 'multi-temperature-lab/preferences';
const DEFAULTS: Preferences = { theme: 'system', arePlainKeysOn: true, areControlsOpen: true };

function stored(): Preferences {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof found !== 'object' || found === null) return DEFAULTS;
    const { theme, arePlainKeysOn, areControlsOpen } = found as Record<string, unknown>;
    return {
      theme: THEMES.find((candidate) => candidate === theme) ?? DEFAULTS.theme,
      arePlainKeysOn: typeof arePlainKeysOn === 'boolean' ? arePlainKeysOn : DEFAULTS.arePlainKeysOn,
      areControlsOpen: typeof areControlsOpen === 'boolean' ? areControlsOpen : DEFAULTS.areControlsOpen,
    };
  } catch {
    // A browser that keeps nothing, or keeps nonsense.
    return DEFAULTS;
  }
}

export const preferences: StoreApi<Preferences> = createStore<Preferences>()(stored);

function show({ theme }: Preferences): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
}

show(preferences.getState());
preferences.subscribe((chosen) => {
  show(chosen);
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // It holds for this visit.
  }
});
