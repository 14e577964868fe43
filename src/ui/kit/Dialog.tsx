// The browser's own modal dialog: it keeps the focus, gives it back, closes at Escape, and needs no injected styles,
// which the page's policy would forbid.

import { type ReactNode, useEffect, useId, useRef } from 'react';
import './kit.css';
import { IconButton } from './Button.tsx';

/** An element with `data-first-focus` inside gets the focus when it opens. */
export function Dialog({
  title,
  isOpen,
  onClose,
  children,
  footer,
  size = 'middle',
}: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons. */
  readonly footer?: ReactNode;
  readonly size?: 'small' | 'middle' | 'large';
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element === null || !isOpen || element.open) return;
    element.showModal();
    // React's autoFocus comes before the dialog is shown, and the browser would choose the button that closes it.
    element.querySelector<HTMLElement>('[data-first-focus]')?.focus();
    return () => element.close();
  }, [isOpen]);
  if (!isOpen) return null;
  return (
    // Escape closes it; a click beside it is only a shorter way.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
    <dialog
      ref={dialog}
      className="dialog"
      data-size={size}
      aria-labelledby={id}
      // React's strict mode closes and opens it at once; the event comes when it is open again.
      onClose={() => dialog.current?.open === true || onClose()}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="dialog-sheet">
        <header className="dialog-head">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label="Close" onClick={onClose} />
        </header>
        <div className="dialog-body">{children}</div>
        {footer !== undefined && <footer className="dialog-foot">{footer}</footer>}
      </div>
    </dialog>
  );
}
