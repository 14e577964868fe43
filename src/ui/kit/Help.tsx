import { Popover } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import './kit.css';
import { spoken, Term } from './Term.tsx';

/** A "?" that opens one sentence and where it comes from. */
export function Help({ about, source, children }: { about: string; source?: ReactNode; children: ReactNode }) {
  // What stands beside an open dialog is neither seen nor reached.
  const [dialog, setDialog] = useState<Element | null>(null);
  return (
    <Popover.Root>
      <Popover.Trigger
        className="help"
        aria-label={`About ${spoken(about)}`}
        ref={(trigger) => setDialog(trigger?.closest('dialog') ?? null)}
      >
        ?
      </Popover.Trigger>
      <Popover.Portal container={dialog ?? document.body}>
        <Popover.Content
          className="bubble help-text"
          aria-label={`About ${spoken(about)}`}
          sideOffset={6}
          collisionPadding={12}
        >
          <p>{typeof children === 'string' ? <Term text={children} /> : children}</p>
          {source !== undefined && <p className="source">{source}</p>}
          <Popover.Arrow className="bubble-arrow" />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
