// What is in sight in every room: the tabs, the engine, the run's state, and the controls.

import { Tabs } from 'radix-ui';
import { Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { bindAddress } from '../../lab/settings/address.ts';
import { ROOMS, type Room } from '../../lab/settings/settings.ts';
import { ControlPanel } from '../controls/ControlPanel.tsx';
import { Icon } from '../kit/Icon.tsx';
import { useActions, useLaboratory, useSettings } from '../laboratoryContext.ts';
import { PageDialogs } from '../policies/PageDialogs.tsx';
import './frame.css';
import { frameActions } from './frameActions.ts';
import { Header } from './Header.tsx';
import { listenToKeys } from './keyboard.ts';
import { Messages } from './Messages.tsx';
import { Palette } from './Palette.tsx';
import { preferences } from './preferences.ts';
import { RoomBoundary } from './RoomBoundary.tsx';
import { RunChip } from './RunChip.tsx';
import { ROOM_TABLE } from './rooms.ts';
import { SettingsLine } from './SettingsLine.tsx';
import { Shortcuts } from './Shortcuts.tsx';

type Open = 'palette' | 'shortcuts' | 'advice' | null;

const isRoom = (name: string): name is Room => ROOMS.some((room) => room === name);

export function Frame() {
  const laboratory = useLaboratory();
  const { settings, actions } = laboratory;
  const room = useSettings((s) => s.room);
  const areControlsOpen = useStore(preferences, (p) => p.areControlsOpen);
  const [open, setOpen] = useState<Open>(null);
  // Only on a narrow screen, where the controls cover the room.
  const [isSheetOpen, setSheetOpen] = useState(false);
  const [copied, setCopied] = useState<string | null>(null);
  const main = useRef<HTMLElement>(null);
  const side = useRef<HTMLElement>(null);

  useActions(
    useMemo(
      () =>
        frameActions(laboratory, {
          openPalette: () => setOpen('palette'),
          openShortcuts: () => setOpen('shortcuts'),
          copyLink: () => void copyLink(settings.link()).then(setCopied),
        }),
      [laboratory, settings],
    ),
  );
  useEffect(() => bindAddress(settings, window), [settings]);
  useEffect(() => listenToKeys(actions, () => preferences.getState().arePlainKeysOn), [actions]);
  useEffect(() => {
    if (!isSheetOpen) return;
    side.current?.focus();
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) setSheetOpen(false);
    };
    window.addEventListener('keydown', close);
    return () => window.removeEventListener('keydown', close);
  }, [isSheetOpen]);

  return (
    <Tabs.Root
      className="frame"
      data-controls={areControlsOpen ? 'open' : 'closed'}
      data-sheet={isSheetOpen ? 'open' : 'closed'}
      value={room}
      onValueChange={(name) => {
        if (isRoom(name)) settings.go(name);
      }}
    >
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the room
      </button>
      <Header onAdvice={() => setOpen('advice')} />
      <aside className="frame-side" id="controls" aria-label="Controls" ref={side} tabIndex={-1}>
        <ControlPanel />
      </aside>
      <main className="frame-room" ref={main} tabIndex={-1}>
        {ROOMS.map((name) => {
          const { Content, title } = ROOM_TABLE[name];
          return (
            <Tabs.Content key={name} value={name} className="room" tabIndex={-1}>
              <RoomBoundary>
                <Suspense fallback={<p className="room-coming">Fetching the room {title} …</p>}>
                  <Content />
                </Suspense>
              </RoomBoundary>
            </Tabs.Content>
          );
        })}
      </main>
      <div className="frame-foot">
        <button
          type="button"
          className="frame-foot-open"
          aria-expanded={isSheetOpen}
          aria-controls="controls"
          onClick={() => setSheetOpen(!isSheetOpen)}
        >
          <Icon name="controls" />
          <SettingsLine />
          <span className="unseen">{isSheetOpen ? 'Hide the controls' : 'Show the controls'}</span>
          <Icon name="chevron" />
        </button>
        <RunChip />
      </div>
      <Messages
        copied={copied}
        onCopiedSeen={() => setCopied(null)}
        isAdviceOpen={open === 'advice'}
        onAdvice={(isOpen) => setOpen(isOpen ? 'advice' : null)}
      />
      <Palette isOpen={open === 'palette'} onClose={() => setOpen(null)} />
      <PageDialogs />
      <Shortcuts isOpen={open === 'shortcuts'} onClose={() => setOpen(null)} />
    </Tabs.Root>
  );
}

/** Returns what to tell the reader. */
async function copyLink(link: string): Promise<string> {
  const address = `${window.location.origin}${window.location.pathname}${link}`;
  try {
    await navigator.clipboard.writeText(address);
    return 'The link is copied: it opens the page with these settings.';
  } catch {
    return `The browser did not let the page copy. This is the link: ${address}`;
  }
}
