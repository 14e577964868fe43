import type { ReactNode } from 'react';
import type { Place } from '../lab/laboratory.ts';
import type { Settings } from '../lab/settings.ts';
import { GLYPHS } from '../lab/specimen.ts';
import type { Rollout } from '../policy/engine.ts';
import { Distribution } from './Distribution.tsx';

interface Props {
  readonly rollout: Rollout;
  readonly place: Place;
  readonly settings: Settings;
  /** log softmax(z) the token was drawn from; null until it is known. */
  readonly logp1: Float32Array | null;
}

/** Everything that was recorded of one token, and the distributions it could have been drawn from. */
export function TokenView({ rollout, place: { index }, settings, logp1 }: Props) {
  const id = rollout.ids[index]!;
  const isHot = rollout.hot[index] === 1;
  const nats = (values: Float32Array) => `${values[index]!.toFixed(4)} nats`;
  return (
    <section className="token-view" aria-label="One token">
      <dl>
        <Fact label="token">
          <span className="glyph">{GLYPHS[id]}</span> (id {id})
        </Fact>
        <Fact label="place">
          rollout {rollout.row + 1}, token {index + 1}
        </Fact>
        <Fact label="entropy H">{nats(rollout.entropyNats)}</Fact>
        <Fact label="threshold">{nats(rollout.thresholdNats)}</Fact>
        <Fact label="entropies in queue">{rollout.queueLength[index]}</Fact>
        <Fact label="class">{isHot ? <span className="hot">▲ hot</span> : <span className="cold">▼ cold</span>}</Fact>
        <Fact label="temperature τ">{rollout.tau[index]!.toFixed(2)}</Fact>
        <Fact label="log-prob at τ">{nats(rollout.logpTau)}</Fact>
        <Fact label="log-prob at 1">{nats(rollout.logp1)}</Fact>
      </dl>
      <div className="distribution-place">
        {logp1 === null ? (
          <p className="quiet late">Computing the distribution …</p>
        ) : (
          <Distribution logp1={logp1} chosen={id} isHot={isHot} tauHigh={settings.tauHigh} tauLow={settings.tauLow} />
        )}
      </div>
    </section>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd data-fact={label}>{children}</dd>
    </>
  );
}
