import type { EntropyHistogram } from '../../grpo/evaluationTally.ts';
import { entropyModes } from '../../lab/evaluate/entropyModes.ts';
import { Histogram } from './Histogram.tsx';

/** From the bottom of a stack to its top. */
const ROLES = ['knowledge', 'format', 'fork', 'unknown'] as const;
/** Small policies hardly go beyond. */
const SHOWN_NATS = 2.5;

/** Entropies of tokens by their true role, and whether they have two modes. */
export function RoleHistogram({ histogram, title }: { readonly histogram: EntropyHistogram; readonly title: string }) {
  const modes = entropyModes(histogram);
  if (modes === null) return <p className="histogram-empty quiet">no tokens</p>;
  return (
    <>
      <Histogram
        parts={ROLES.map((role) => ({ role, counts: histogram[role] }))}
        binNats={histogram.binNats}
        shownNats={SHOWN_NATS}
        label={`${title}: entropies of ${modes.tokens} tokens; ${(100 * modes.certain).toFixed(0)} % below ${histogram.binNats} nats, separation ${modes.separation.toFixed(2)}`}
      />
      <p className="histogram-figures">
        {(100 * modes.certain).toFixed(0)} % below {histogram.binNats} nats · separation{' '}
        <strong>{modes.separation.toFixed(2)}</strong> at {modes.splitNats.toFixed(2)} nats
      </p>
    </>
  );
}

/** What the colours of a RoleHistogram are. */
export function RoleLegend() {
  return (
    <p className="histogram-legend">
      <span data-role="fork">fork</span>
      <span data-role="knowledge">knowledge</span>
      <span data-role="format">notation</span>
      <span data-role="unknown">after a fault</span>
    </p>
  );
}
