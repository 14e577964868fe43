import { useState } from 'react';
import { entropyOf } from '../../lab/learn/entropy.ts';
import type { LearnState } from '../../lab/learn/store.ts';
import { temperedProbabilities } from '../../lab/tempered.ts';
import { Slider } from '../kit/Slider.tsx';
import { Bars } from './Bars.tsx';
import { Chapter } from './Chapter.tsx';

const FIRST_TAU = 1.6;

export function TemperatureFigure({ state }: { readonly state: LearnState }) {
  const [tau, setTau] = useState(FIRST_TAU);
  const raw = state.logp1 === null ? null : temperedProbabilities(state.logp1, 1);
  const tempered = state.logp1 === null ? null : temperedProbabilities(state.logp1, Math.max(0, tau));
  const written = state.completion[state.place] ?? '';
  const role = state.roles[state.place];
  return (
    <Chapter
      number={2}
      title="Temperature"
      source="softmax(z / τ); Ackley, Hinton and Sejnowski 1985"
      text={
        <p>
          Sampling at temperature τ divides the logits by τ before the softmax. Above 1 it flattens the distribution,
          below 1 it sharpens it; the order of the characters stays. Choose a place in the figure above: this one shows
          the same distribution, heated or cooled.
        </p>
      }
      question={{
        ask: 'Why not simply heat every token, to explore more?',
        answer: (
          <p>
            Go to a knowledge token and heat it to 2: what was a certain result becomes a wrong one in a share of all
            rollouts, and a rollout has many such tokens. Heat at forks explores; heat at knowledge only breaks the
            arithmetic. In the project's miniature, heating all tokens to 2 made 7 % of the rollouts calculate wrongly,
            against 0.2 % at 1.
          </p>
        ),
      }}
    >
      <Slider label="τ" min={0.1} max={3} step={0.05} value={tau} onChange={setTau} tone={tau > 1 ? 'hot' : 'cold'} />
      <p className="reading" aria-live="polite">
        <span>
          at place {state.place + 1} (<span className="glyph">{written}</span>, {role ?? 'role not known'})
        </span>
        {raw !== null && tempered !== null && (
          <span>
            <var>H</var> {entropyOf(raw).toFixed(3)} → {entropyOf(tempered).toFixed(3)} nats
          </span>
        )}
      </p>
      <Bars
        tokens={state.tokens}
        order={raw}
        right={written}
        series={
          raw === null || tempered === null
            ? []
            : [
                { name: 'τ = 1', kind: 'raw', p: raw },
                { name: `τ = ${tau.toFixed(2)}`, kind: 'hot', p: tempered },
              ]
        }
      />
    </Chapter>
  );
}
