import type { ReactNode } from 'react';
import { isHotNow, rolloutFacts } from '../../lab/step/facts.ts';
import type { Strip } from '../../lab/step/take.ts';
import { Term } from '../kit/Term.tsx';
import { useShown, useTokens } from './roomContext.ts';
import { useScore } from './useScore.ts';
import { nats, number, percent } from './words.ts';

/** Every recorded number of one token. */
export function TokenFacts({
  strip,
  row,
  index,
}: {
  readonly strip: Strip;
  readonly row: number;
  readonly index: number;
}) {
  const { group } = useShown();
  const { score } = useScore();
  const whatIfNats = useTokens((state) => state.whatIfNats);
  const { rollout } = strip;
  const wasHot = rollout.hot[index] === 1;
  const isHot = isHotNow(strip, index, wasHot, whatIfNats);
  const scored = score?.rollouts[row]?.scored;
  const role = rolloutFacts(group, strip).roles[index] ?? null;
  return (
    <dl className="step-facts">
      <Fact name="H, entropy at τ 1">{nats(rollout.entropyNats[index]!)}</Fact>
      <Fact name="H_th, threshold">
        {Number.isNaN(rollout.thresholdNats[index]!) ? 'none: empty queue' : nats(rollout.thresholdNats[index]!)}
      </Fact>
      <Fact name="entropies in queue">{rollout.queueLength[index]}</Fact>
      <Fact name="class">
        <span className={isHot ? 'hot' : 'cold'}>{isHot ? '▲ hot' : '▼ cold'}</span>
        {isHot !== wasHot && <span className="quiet"> was {wasHot ? 'hot' : 'cold'}</span>}
      </Fact>
      <Fact name="true role">{role ?? 'not known'}</Fact>
      <Fact name="τ it was drawn at">{rollout.tau[index]!.toFixed(3)}</Fact>
      <Fact name="log-prob at τ">{nats(rollout.logpTau[index]!)}</Fact>
      <Fact name="log-prob at τ 1">{nats(rollout.logp1[index]!)}</Fact>
      {scored !== undefined && (
        <>
          <Fact name="advantage">{number(scored.advantage, 3)}</Fact>
          <Fact name="τ it is scored at">{number(scored.scoredTau[index]!, 3)}</Fact>
          <Fact name="log-prob at that τ">{nats(scored.logpOld[index]!)}</Fact>
          <Fact name="ratio">{number(scored.ratio[index]!, 4)}</Fact>
          <Fact name="gradient share">{percent(scored.gradientShare[index]!)}</Fact>
        </>
      )}
    </dl>
  );
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="step-fact">
      <dt>
        <Term text={name} />
      </dt>
      <dd className="figures">{children}</dd>
    </div>
  );
}
