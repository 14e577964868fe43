import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import './kit.css';
import { Icon } from './Icon.tsx';

export interface MenuItem {
  readonly id: string;
  readonly label: ReactNode;
  readonly shortcut?: string | undefined;
  readonly isOff?: boolean | undefined;
  /** Given: the item is one of a set, and this says whether it is the chosen one. */
  readonly isChosen?: boolean | undefined;
  readonly run: () => void;
}

/**
 * A button's menu.
 * @param groups of items; a line stands between two groups
 */
export function Menu({
  groups,
  children,
}: {
  readonly groups: readonly (readonly MenuItem[])[];
  readonly children: ReactElement;
}) {
  return (
    // Not modal: a modal one would inject styles, which the page's policy forbids. Not in a portal: so it stays in the
    // landmark that its button is in.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Content className="bubble menu" sideOffset={6} collisionPadding={8} align="end">
        {groups.map((group, i) => (
          <DropdownMenu.Group key={group[0]?.id ?? i} className="menu-group">
            {group.map(({ id, label, shortcut, isOff, isChosen, run }) => (
              <DropdownMenu.Item key={id} className="menu-item" disabled={isOff === true} onSelect={run}>
                <span className="menu-mark">{isChosen === true && <Icon name="check" />}</span>
                <span>{label}</span>
                {shortcut !== undefined && <kbd>{shortcut}</kbd>}
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Group>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
