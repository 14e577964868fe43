// How components reach the laboratory. They read stores with selectors, so that only what changed is drawn again.

import { createContext, useContext, useEffect } from 'react';
import { useStore } from 'zustand';
import type { Action } from '../lab/actions.ts';
import type { Laboratory } from '../lab/laboratory.ts';
import { NO_RUN, type RunStatus } from '../lab/runStatus.ts';
import type { Settings } from '../lab/settings/settings.ts';
import type { SettingsStore } from '../lab/settings/store.ts';

export const LaboratoryContext = createContext<Laboratory | null>(null);

/** @throws Error outside of a LaboratoryContext */
export function useLaboratory(): Laboratory {
  const laboratory = useContext(LaboratoryContext);
  if (laboratory === null) throw new Error('This component is used outside of a LaboratoryContext.');
  return laboratory;
}

/** Settings that controls below it show and edit in place of the page's: those of an experiment's arm. */
export const SettingsContext = createContext<SettingsStore | null>(null);

export function useSettingsStore(): SettingsStore {
  const { settings } = useLaboratory();
  return useContext(SettingsContext) ?? settings;
}

/** A part of the settings; `select` must give the same value for the same settings (no new objects). */
export function useSettings<T>(select: (settings: Settings) => T): T {
  return useStore(useSettingsStore(), ({ settings }) => select(settings));
}

/** A part of the run's status, by the same rule; no run has the settings of a SettingsContext. */
export function useRunStatus<T>(select: (status: RunStatus) => T): T {
  const isOfPage = useContext(SettingsContext) === null;
  return useStore(useLaboratory().run, (status) => select(isOfPage ? status : NO_RUN));
}

/**
 * Offers actions while the component is there: to keys, the palette and the list of shortcuts.
 * @param actions the same array in every render (useMemo, or made once with a store); they read state when they run
 */
export function useActions(actions: readonly Action[]): void {
  const registry = useLaboratory().actions;
  useEffect(() => registry.register(actions), [registry, actions]);
}
