import type { ReactNode } from 'react';
import './kit.css';
import { IconButton } from './Button.tsx';
import { Icon } from './Icon.tsx';

/**
 * One sentence about what has happened.
 * @param tone problem is read out at once, info when there is a pause
 */
export function Notice({
  tone = 'info',
  children,
  action,
  onDismiss,
}: {
  readonly tone?: 'info' | 'problem';
  readonly children: ReactNode;
  /** A button, say. */
  readonly action?: ReactNode;
  readonly onDismiss?: (() => void) | undefined;
}) {
  return (
    <div className="notice" data-tone={tone} role={tone === 'problem' ? 'alert' : 'status'}>
      <Icon name={tone === 'problem' ? 'warning' : 'info'} />
      <div className="notice-text">
        {children}
        {action !== undefined && <div className="notice-action">{action}</div>}
      </div>
      {onDismiss !== undefined && <IconButton icon="close" label="Dismiss" onClick={onDismiss} />}
    </div>
  );
}
