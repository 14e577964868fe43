// Where a rule was uncertain: the entropies of its tokens, domain by domain.

import { useState } from 'react';
import type { DomainEntropies as Found, ModelFindings } from '../../../experiments/model/findings.ts';
import { modesOf } from '../../../lab/evaluate/entropyModes.ts';
import { Histogram } from '../../charts/Histogram.tsx';
import { BareSelect } from '../../kit/Select.tsx';

/** The axis ends here at the latest: few tokens lie beyond, and the last bar holds them. */
const MOST_NATS = 6;

/** The axis that all domains share: to the next half nat above the 99.5th percentile of all tokens. */
function shownNatsOf(domains: readonly Found[]): number {
  const [{ binNats, counts }] = domains as readonly [Found, ...Found[]];
  const total = counts.map((_, bin) => domains.reduce((sum, each) => sum + each.counts[bin]!, 0));
  const most = 0.995 * total.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  const bin = total.findIndex((count) => {
    seen += count;
    return seen >= most;
  });
  return Math.min(MOST_NATS, Math.ceil(2 * (bin + 1) * binNats) / 2);
}

export function DomainEntropies({ findings: { entropies } }: { readonly findings: ModelFindings }) {
  const [wanted, setWanted] = useState<string | null>(null);
  const shown = entropies.find(({ name }) => name === wanted) ?? entropies[0];
  if (shown === undefined) return null;
  const { domains } = shown;
  const shownNats = shownNatsOf(domains);
  return (
    <section className="sheet" aria-label="Entropies by domain">
      <div className="result-curves-head">
        <h3>Entropy of tokens by domain</h3>
        {entropies.length > 1 && (
          <BareSelect
            label="Entropies of the rule"
            value={shown.name}
            choices={entropies.map(({ name }) => ({ value: name, label: name }))}
            onChange={setWanted}
          />
        )}
      </div>
      <p className="quiet">
        Of every token, at temperature 1, before any rule. Heights are square roots. The line is the 80th percentile:
        above it lie the 20 % that would be hot. The separation is the share of the variance that the best split in two
        explains: about 0.64 for one bell, 1 for two points.
      </p>
      <ul className="result-histograms">
        {domains.map((found) => (
          <li key={found.domain}>
            <h4>
              {found.domain}{' '}
              <span className="quiet figures">
                {found.tokens.toLocaleString('en')} tokens of {found.questions}{' '}
                {found.questions === 1 ? 'question' : 'questions'}
              </span>
            </h4>
            <Domain found={found} shownNats={shownNats} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Domain({ found, shownNats }: { readonly found: Found; readonly shownNats: number }) {
  const { domain, counts, binNats, quantilesNats, meanNats, hotShare } = found;
  const modes = modesOf(counts, binNats);
  if (modes === null) return <p className="histogram-empty quiet">no tokens</p>;
  const { p10, p50, p80, p90 } = quantilesNats;
  const certain = `${(100 * modes.certain).toFixed(0)} % below ${binNats} nats`;
  return (
    <>
      <Histogram
        parts={[{ role: 'all', counts }]}
        binNats={binNats}
        shownNats={shownNats}
        mark={{ nats: p80, text: 'p80' }}
        label={`${domain}: entropies of ${modes.tokens} tokens; ${certain}, median ${p50.toFixed(3)}, 80th percentile ${p80.toFixed(3)} nats, separation ${modes.separation.toFixed(2)}`}
      />
      <p className="histogram-figures figures">
        mean <strong>{meanNats.mean.toFixed(3)}</strong> nats ({meanNats.low.toFixed(3)} to {meanNats.high.toFixed(3)})
        · {certain} · separation {modes.separation.toFixed(2)}
        <br />
        <span className="quiet">
          p10 {p10.toFixed(3)} · p50 {p50.toFixed(3)} · p80 {p80.toFixed(3)} · p90 {p90.toFixed(3)} · hot{' '}
          {(100 * hotShare).toFixed(1)} %
        </span>
      </p>
    </>
  );
}
