import { useSyncExternalStore } from 'react';
import type { Laboratory } from '../lab/laboratory.ts';
import { Controls } from './Controls.tsx';
import { EngineStatus } from './EngineStatus.tsx';
import { TokenStrips } from './TokenStrips.tsx';
import { TokenView } from './TokenView.tsx';

/** The page: what runs it, what can be turned, what was sampled, and one token in full. */
export function App({ laboratory }: { laboratory: Laboratory }) {
  const state = useSyncExternalStore(laboratory.subscribe, laboratory.snapshot);
  const rollout = state.rollouts[state.place.row];
  return (
    <>
      <header>
        <h1>multi-temperature lab</h1>
        <p>
          A token whose entropy is above the threshold is sampled at T<sub>high</sub>, any other at T<sub>low</sub> (
          <a href="https://arxiv.org/abs/2510.08892" rel="noreferrer">
            arXiv 2510.08892
          </a>
          ). The policy here is untrained: random weights over 27 letters.
        </p>
        <EngineStatus engine={state.engine} failure={state.failure} reopen={() => void laboratory.open()} />
      </header>
      <main>
        <Controls settings={state.settings} change={(change) => laboratory.change(change)} />
        {rollout === undefined ? (
          state.engine !== null && state.failure === null && <p className="quiet">Compiling the sampler …</p>
        ) : (
          <>
            <TokenStrips rollouts={state.rollouts} place={state.place} look={(place) => laboratory.look(place)} />
            <TokenView rollout={rollout} place={state.place} settings={state.settings} logp1={state.logp1} />
          </>
        )}
      </main>
    </>
  );
}
