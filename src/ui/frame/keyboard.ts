// Which key presses belong to what has the focus, and which to the page.

import { type Actions, isPlainKey, keyOf } from '../../lab/actions.ts';

const TYPES = 'textarea, select, input, [contenteditable="true"]';
/** Text that has an undo of its own; a number field has none worth keeping. */
const WRITES = 'textarea, [contenteditable="true"], input:not(.number)';
const PRESSES = 'button, a[href], summary, [role="button"], [role="switch"], [role="checkbox"], [role="menuitem"]';
/** Things that are walked with the arrows. */
const WALKS =
  '[role="slider"], [role="tab"], [role="radio"], [role="menu"], [role="menuitem"], [role="option"], [role="grid"], [data-takes-arrows]';
const PRESS_KEYS = ['Space', 'Enter'];
const WALK_KEYS = /(^|\+)(Arrow\w+|Home|End|PageUp|PageDown)$/;

/** True: what has the focus uses this key itself. */
export function takesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (!isPlainKey(key)) return target.closest(WRITES) !== null && key !== 'Mod+K';
  if (target.closest(TYPES) !== null) return true;
  if (PRESS_KEYS.includes(key) && target.closest(PRESSES) !== null) return true;
  return WALK_KEYS.test(key) && target.closest(WALKS) !== null;
}

/**
 * Runs actions for key presses that nothing else takes.
 * @param arePlainKeysOn whether keys without Ctrl or Command count (WCAG 2.1.4: the reader can turn them off)
 */
export function listenToKeys(actions: Actions, arePlainKeysOn: () => boolean): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const key = keyOf(event);
    if (key === null || (isPlainKey(key) && !arePlainKeysOn())) return;
    // An open dialog has the page to itself.
    if (document.querySelector('dialog[open]') !== null || takesKey(event.target, key)) return;
    const action = actions.forKey(key);
    if (action === null) return;
    event.preventDefault();
    action.run();
  };
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}

export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
