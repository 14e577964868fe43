// What can be done in every room.

import type { Action } from '../../lab/actions.ts';
import type { Laboratory } from '../../lab/laboratory.ts';
import { PRESET_NAMES, PRESETS, ROOMS } from '../../lab/settings/settings.ts';
import { tasks } from '../../tasks/index.ts';
import { preferences, THEMES } from './preferences.ts';
import { ROOM_TABLE } from './rooms.ts';

/** What the frame itself opens and says. */
export interface FrameHandles {
  readonly openPalette: () => void;
  readonly openShortcuts: () => void;
  readonly copyLink: () => void;
}

export const THEME_WORDS = { system: 'Follow the system', light: 'Light', dark: 'Dark' } as const;

export function frameActions({ settings }: Laboratory, handles: FrameHandles): readonly Action[] {
  const current = () => settings.getState().settings;
  return [
    { id: 'frame/palette', label: 'Find an action', group: 'Page', keys: ['Mod+K'], run: handles.openPalette },
    { id: 'frame/shortcuts', label: 'List of shortcuts', group: 'Page', keys: ['?'], run: handles.openShortcuts },
    {
      id: 'frame/controls',
      label: 'Show or hide the controls',
      group: 'Page',
      keys: ['\\'],
      run: () => preferences.setState(({ areControlsOpen }) => ({ areControlsOpen: !areControlsOpen })),
    },
    ...ROOMS.map((room, i): Action => {
      const { title, summary } = ROOM_TABLE[room];
      return {
        id: `rooms/${room}`,
        label: `Go to ${title}: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`,
        group: 'Rooms',
        keys: [String(i + 1)],
        run: () => settings.go(room),
      };
    }),
    {
      id: 'settings/undo',
      label: 'Undo the last edit of the settings',
      group: 'Settings',
      keys: ['Mod+Z'],
      isPossible: () => settings.getState().past.length > 0,
      run: settings.undo,
    },
    {
      id: 'settings/redo',
      label: 'Redo it',
      group: 'Settings',
      keys: ['Mod+Shift+Z', 'Mod+Y'],
      isPossible: () => settings.getState().future.length > 0,
      run: settings.redo,
    },
    { id: 'settings/link', label: 'Copy a link to these settings', group: 'Settings', run: handles.copyLink },
    {
      id: 'settings/preset',
      label: 'Set everything back to the preset',
      group: 'Settings',
      run: () => settings.choosePreset(current().preset),
    },
    ...PRESET_NAMES.map(
      (preset): Action => ({
        id: `presets/${preset}`,
        label: `Take the preset ${PRESETS[preset].title}`,
        group: 'Presets',
        isPossible: () => current().preset !== preset,
        run: () => settings.choosePreset(preset),
      }),
    ),
    ...tasks.map(
      ({ name, title }): Action => ({
        id: `tasks/${name}`,
        label: `Take the task ${title}`,
        group: 'Tasks',
        isPossible: () => current().config.task !== name,
        run: () => settings.chooseTask(name),
      }),
    ),
    ...THEMES.map(
      (theme): Action => ({
        id: `theme/${theme}`,
        label: `Theme: ${THEME_WORDS[theme].toLowerCase()}`,
        group: 'Page',
        isPossible: () => preferences.getState().theme !== theme,
        run: () => preferences.setState({ theme }),
      }),
    ),
  ];
}
