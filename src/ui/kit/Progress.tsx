import { Progress as Radix } from 'radix-ui';
import './kit.css';
import { Button } from './Button.tsx';

/**
 * How far something is that takes longer than a second, and how to stop it.
 * @param share in [0, 1]; null: not known
 */
export function Progress({
  label,
  share,
  detail,
  onCancel,
}: {
  readonly label: string;
  readonly share: number | null;
  readonly detail?: string | undefined;
  readonly onCancel?: (() => void) | undefined;
}) {
  const percent = share === null ? null : Math.round(100 * share);
  return (
    <div className="progress">
      <span className="progress-label">
        {label}
        <span className="progress-detail">{detail ?? (percent === null ? '' : `${percent} %`)}</span>
      </span>
      <Radix.Root className="progress-track" value={percent} max={100} aria-label={label}>
        <Radix.Indicator className="progress-done" style={percent === null ? {} : { width: `${percent}%` }} />
      </Radix.Root>
      {onCancel !== undefined && (
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </div>
  );
}
