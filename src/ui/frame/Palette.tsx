// Every action of the page, found by typing.

import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { type Action, keyText, searchActions } from '../../lab/actions.ts';
import { Dialog } from '../kit/Dialog.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { IS_MAC } from './keyboard.ts';

export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog title="Find an action" isOpen={isOpen} onClose={onClose}>
      <Finder onDone={onClose} />
    </Dialog>
  );
}

function Finder({ onDone }: { onDone: () => void }) {
  const actions = useStore(useLaboratory().actions);
  const [search, setSearch] = useState('');
  const [place, setPlace] = useState(0);
  const found = useMemo(
    () =>
      searchActions(
        actions.filter(({ id: name }) => name !== 'frame/palette'),
        search,
      ),
    [actions, search],
  );
  const chosen = found[Math.min(place, found.length - 1)];
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const idOf = (action: Action) => `${id}-${action.id}`;

  useEffect(() => {
    if (chosen !== undefined) document.getElementById(`${id}-${chosen.id}`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen, id]);

  const run = (action: Action) => {
    // Closed first: what the action opens then has the page to itself.
    onDone();
    action.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined && found.length > 0) {
      event.preventDefault();
      setPlace((Math.min(place, found.length - 1) + by + found.length) % found.length);
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      run(chosen);
    }
  };

  return (
    <div className="finder">
      <input
        className="finder-search"
        type="text"
        role="combobox"
        aria-label="Find an action"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen === undefined ? undefined : idOf(chosen)}
        autoComplete="off"
        placeholder="Type what you want to do"
        data-first-focus=""
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
          setPlace(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="finder-list" id={`${id}-list`} role="listbox" aria-label="Actions" ref={list}>
        {found.map((action) => (
          // Keys are handled by the field above, which keeps the focus.
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
          <div
            key={action.id}
            id={idOf(action)}
            className="finder-action"
            role="option"
            tabIndex={-1}
            aria-selected={action === chosen}
            onClick={() => run(action)}
          >
            <span className="finder-group">{action.group}</span>
            <span>{action.label}</span>
            {action.keys?.[0] !== undefined && <kbd>{keyText(action.keys[0], IS_MAC)}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="quiet">Nothing is called that.</p>}
    </div>
  );
}
