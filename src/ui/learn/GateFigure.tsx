import { useState } from 'react';
import { gate } from '../../lab/learn/gate.ts';
import type { LearnState } from '../../lab/learn/store.ts';
import { Slider } from '../kit/Slider.tsx';
import { Chapter } from './Chapter.tsx';

/** Entropy of a full bar, nats. */
const FULL_BAR_NATS = 2;
const FIRST_K = 0.6;
const share = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(0)} %`);

export function GateFigure({ state }: { readonly state: LearnState }) {
  const [k, setK] = useState(FIRST_K);
  const { group } = state;
  const { thresholdNats, hot, precision, recall, forkShare } = gate(group, k);
  return (
    <Chapter
      number={4}
      title="The token gate"
      source="arXiv 2510.08892, section 3: threshold as a quantile of recent entropies"
      text={
        <p>
          The method keeps the entropies of recent tokens and takes their k-quantile as threshold. A token above it is
          hot and sampled at T<sub>high</sub>, any other cold, at T<sub>low</sub>. Here the policy's true forks are
          known, so one can count how well the gate finds them.
        </p>
      }
      question={{
        ask: 'Which k is best, and what goes wrong when training lowers all entropies?',
        answer: (
          <p>
            One that leaves hot about as many tokens as there are forks ({share(forkShare)} here): lower k heats
            knowledge too (precision falls), higher k leaves forks cold (recall falls). As a quantile always cuts off
            the same share, the threshold sinks when entropies do, and late in training the gate heats tokens that are
            nearly certain. A floor under the threshold is one remedy to test.
          </p>
        ),
      }}
    >
      <Slider label="k, the cold fraction" min={0} max={1} step={0.01} value={k} onChange={setK} />
      <p className="reading">
        <output data-testid="learn-gate">
          <var>H</var>
          <sub>th</sub> = {Number.isNaN(thresholdNats) ? '…' : `${thresholdNats.toFixed(3)} nats`} · precision{' '}
          {share(precision)} · recall {share(recall)}
        </output>
      </p>
      <ol className="gate" aria-label="Rollouts with hot and cold tokens">
        {group.map(({ text, entropyNats, roles }, r) => (
          <li
            // Rollouts of one group have no identity but their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={r}
          >
            {[...text].map((character, t) => {
              const isHot = hot[r]![t] === true;
              return (
                <span
                  // biome-ignore lint/suspicious/noArrayIndexKey: a character has no identity but its place
                  key={t}
                  className="gate-token"
                  title={`H = ${entropyNats[t]!.toFixed(3)} nats, ${isHot ? 'hot' : 'cold'}, ${roles[t] ?? 'role not known'}`}
                >
                  <span className="gate-bar">
                    <span
                      className="gate-fill"
                      data-hot={isHot ? '' : undefined}
                      style={{ height: `${Math.min(100, (100 * entropyNats[t]!) / FULL_BAR_NATS)}%` }}
                    />
                  </span>
                  <span className="glyph">{character === ' ' ? '␣' : character}</span>
                  <span className="gate-mark" data-hot={isHot ? '' : undefined}>
                    {isHot ? '▲' : '▼'}
                  </span>
                  <span className="gate-role">{roles[t] === 'fork' ? '◆' : ''}</span>
                </span>
              );
            })}
          </li>
        ))}
      </ol>
      <p className="legend">
        <span className="hot">▲ hot</span> <span className="cold">▼ cold</span> <span>◆ true fork</span>
        <span>bar: entropy, full at {FULL_BAR_NATS} nats</span>
      </p>
    </Chapter>
  );
}
