import { type ReactNode, useState } from 'react';
import { changedPaths } from '../../lab/settings/places.ts';
import { Icon } from '../kit/Icon.tsx';
import { useSettings } from '../laboratoryContext.ts';

/**
 * A group of controls that opens and closes, one at a time; what is closed is not drawn, so that a dragged slider stays
 * light.
 * @param prefixes paths that the group holds: how many differ from the preset is said beside the title
 * @param summary the values in a few words, while it is closed
 */
export function Section({
  title,
  prefixes,
  summary,
  children,
}: {
  readonly title: string;
  readonly prefixes: readonly string[];
  readonly summary: string;
  readonly children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  const changes = useSettings((settings) => changedPaths(settings, prefixes).length);
  return (
    <details className="controls-section" name="controls" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>{title}</h2>
        {changes > 0 && (
          <span className="changes" title={`${changes} not as in the preset`}>
            {changes}
            <span className="unseen"> not as in the preset</span>
          </span>
        )}
        <span className="section-summary figures">{summary}</span>
        <Icon name="chevron" />
      </summary>
      {isOpen && <div className="controls-body">{children}</div>}
    </details>
  );
}
