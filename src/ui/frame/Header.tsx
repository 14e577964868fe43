import { Tabs } from 'radix-ui';
import { useStore } from 'zustand';
import { keyText } from '../../lab/actions.ts';
import { ROOMS } from '../../lab/settings/settings.ts';
import { IconButton } from '../kit/Button.tsx';
import { Icon } from '../kit/Icon.tsx';
import { Menu, type MenuItem } from '../kit/Menu.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { PretrainChip } from '../policies/PretrainChip.tsx';
import { EngineBadge } from './EngineBadge.tsx';
import { ExperimentChip, ModelExperimentChip } from './ExperimentChip.tsx';
import { THEME_WORDS } from './frameActions.ts';
import { IS_MAC } from './keyboard.ts';
import { preferences, THEMES } from './preferences.ts';
import { RunChip } from './RunChip.tsx';
import { ROOM_TABLE } from './rooms.ts';
import { SettingsLine } from './SettingsLine.tsx';

export function Header({ onAdvice }: { onAdvice: () => void }) {
  const { actions, settings } = useLaboratory();
  const areControlsOpen = useStore(preferences, (p) => p.areControlsOpen);
  const canUndo = useStore(settings, ({ past }) => past.length > 0);
  const canRedo = useStore(settings, ({ future }) => future.length > 0);
  return (
    <header className="frame-head">
      <div className="brand">
        <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
          <rect className="brand-cold" x="4" y="17" width="6" height="11" rx="1.5" />
          <rect className="brand-cold" x="13" y="14" width="6" height="14" rx="1.5" />
          <rect className="brand-hot" x="13" y="4" width="6" height="8" rx="1.5" />
          <rect className="brand-cold" x="22" y="20" width="6" height="8" rx="1.5" />
          <path className="brand-line" d="M2 13h28" />
        </svg>
        <h1>multi-temperature lab</h1>
      </div>
      <Tabs.List className="rooms" aria-label="Rooms">
        {ROOMS.map((room) => (
          <Tabs.Trigger key={room} className="room-tab" value={room} title={ROOM_TABLE[room].summary}>
            {ROOM_TABLE[room].title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {!areControlsOpen && (
        <button
          type="button"
          className="settings-open"
          title="Show the controls"
          onClick={() => actions.run('frame/controls')}
        >
          <Icon name="controls" />
          <SettingsLine />
        </button>
      )}
      <div className="frame-state">
        <EngineBadge onAdvice={onAdvice} />
        <PretrainChip />
        <ExperimentChip />
        <ModelExperimentChip />
        <RunChip />
      </div>
      <div className="frame-tools">
        <IconButton icon="undo" label="Undo" disabled={!canUndo} onClick={settings.undo} />
        <IconButton icon="redo" label="Redo" disabled={!canRedo} onClick={settings.redo} />
        <IconButton icon="link" label="Copy a link to these settings" onClick={() => actions.run('settings/link')} />
        <IconButton
          icon="search"
          label={`Find an action (${keyText('Mod+K', IS_MAC)})`}
          onClick={() => actions.run('frame/palette')}
        />
        <PageMenu />
      </div>
    </header>
  );
}

function PageMenu() {
  const { actions } = useLaboratory();
  const { theme, areControlsOpen } = useStore(preferences);
  const run = (id: string) => () => {
    actions.run(id);
  };
  const themes = THEMES.map(
    (name): MenuItem => ({
      id: name,
      label: THEME_WORDS[name],
      isChosen: name === theme,
      run: () => preferences.setState({ theme: name }),
    }),
  );
  return (
    <Menu
      groups={[
        [
          { id: 'link', label: 'Copy a link', run: run('settings/link') },
          { id: 'storage', label: 'What is stored …', run: run('storage/open') },
          { id: 'preset', label: 'Back to the preset', run: run('settings/preset') },
        ],
        [
          {
            id: 'controls',
            label: 'Controls beside the room',
            isChosen: areControlsOpen,
            shortcut: '\\',
            run: run('frame/controls'),
          },
          { id: 'palette', label: 'Find an action', shortcut: keyText('Mod+K', IS_MAC), run: run('frame/palette') },
          { id: 'shortcuts', label: 'Shortcuts', shortcut: '?', run: run('frame/shortcuts') },
        ],
        themes,
      ]}
    >
      <IconButton icon="more" label="More" />
    </Menu>
  );
}
