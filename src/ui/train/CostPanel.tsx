// What the method costs on this machine: measured when the reader asks, and nothing shown before.

import { useId } from 'react';
import { useStore } from 'zustand';
import type { CostOrder, CostReport } from '../../lab/cost/calls.ts';
import type { Spread } from '../../lab/cost/statistics.ts';
import { Button } from '../kit/Button.tsx';
import { Help } from '../kit/Help.tsx';
import { Notice } from '../kit/Notice.tsx';
import { Progress } from '../kit/Progress.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { useTrainState } from './trainContext.ts';
import './cost.css';

const REPEATS = 12;

const msText = (value: number) => value.toFixed(Math.abs(value) < 1 ? 3 : 2);
const signed = (value: number) => `${value < 0 ? '−' : '+'}${msText(Math.abs(value))}`;
const perSecond = (value: number) => `${Math.round(value).toLocaleString('en')} tokens/s`;
const range = ({ low, high }: Spread, text: (value: number) => string) => `${text(low)} to ${text(high)}`;

export function CostPanel() {
  const { cost, settings, shelf } = useLaboratory();
  const { done, report, order, failure } = useStore(cost);
  const isTraining = useTrainState(({ run }) => run?.phase === 'running');
  const config = useStore(settings, (state) => state.settings.config);
  const id = useId();
  const wanted = (): CostOrder => {
    const { task, difficulty, sampler, maxNewTokens, prompts, group, seed } = config;
    return {
      policy: shelf.startOf(task),
      task,
      difficulty,
      sampler,
      maxNewTokens,
      prompts,
      group,
      seed,
      repeats: REPEATS,
    };
  };
  const isOther = order !== null && JSON.stringify(order) !== JSON.stringify(wanted());
  return (
    <section className="sheet cost" aria-labelledby={id}>
      <div className="cost-head">
        <h3 id={id}>Cost of the method</h3>
        <Help about="the cost of the method" source="Measured here; the paper gives no figure for it.">
          The prompts of one step are rolled out with the sampler of the settings and with one fixed temperature, the
          same tokens both times, in turns. What the first takes longer is what entropy gate, queue and threshold cost.
        </Help>
        {done === null && (
          <Button onClick={() => void cost.measure(wanted())} disabled={isTraining}>
            {report === null ? 'Measure' : 'Measure again'}
          </Button>
        )}
      </div>
      {done !== null && <Progress label="Rolling out in turns" share={done} onCancel={cost.cancel} />}
      {failure !== null && (
        <Notice tone="problem" onDismiss={cost.dismiss}>
          {failure}
        </Notice>
      )}
      {report === null ? (
        done === null && (
          <p className="quiet">
            {isTraining
              ? 'Pause the run to measure: the two would time each other.'
              : 'Not measured yet. It takes a few seconds of the machine.'}
          </p>
        )
      ) : (
        <Report report={report} />
      )}
      {isOther && done === null && <p className="quiet">The settings are others by now: measure again for them.</p>}
    </section>
  );
}

function Report({ report }: { readonly report: CostReport }) {
  const { currentMs, fixedMs, differenceMs, ratio, pairs, steps, rows, tokens, adapter } = report;
  return (
    <>
      <dl className="cost-figures">
        <div>
          <dt>a decode step with this sampler</dt>
          <dd>
            {msText(currentMs.median)} ms
            <span className="quiet">{perSecond(report.currentTokensPerSecond)}</span>
          </dd>
        </div>
        <div>
          <dt>with one fixed temperature</dt>
          <dd>
            {msText(fixedMs.median)} ms
            <span className="quiet">{perSecond(report.fixedTokensPerSecond)}</span>
          </dd>
        </div>
        <div>
          <dt>the entropy gate</dt>
          <dd>
            {signed(differenceMs.median)} ms
            <span className="quiet">{range(differenceMs, signed)}</span>
          </dd>
        </div>
        <div>
          <dt>ratio</dt>
          <dd>
            × {ratio.median.toFixed(3)}
            <span className="quiet">{range(ratio, (value) => value.toFixed(3))}</span>
          </dd>
        </div>
      </dl>
      <p className="quiet">
        Medians and quartiles of {pairs} pairs after a warm-up: {rows} rows side by side, {steps} decode steps,{' '}
        {tokens.toLocaleString('en')} tokens each, prompts and reading back included; {adapter}.
      </p>
      {differenceMs.low < 0 && differenceMs.high > 0 && (
        <p>
          The pairs differ by more than the method costs: other work on this machine gets in the way. Measure again when
          it is quiet.
        </p>
      )}
    </>
  );
}
