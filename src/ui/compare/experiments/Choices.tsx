import type { ReactNode } from 'react';
import type { Experiment } from '../../../experiments/definition.ts';
import { SEED_STATISTICS, type SeedStatistic } from '../../../experiments/seedStatistics.ts';
import { type Choosing, KIND_NAMES, kindOf, MEASURE_KINDS, type MeasureKind } from '../../../lab/results/choice.ts';
import { Help } from '../../kit/Help.tsx';
import { BareSegmented } from '../../kit/Segmented.tsx';
import { BareSelect } from '../../kit/Select.tsx';
import { choose } from './viewStore.ts';

const STATISTICS: Readonly<Record<SeedStatistic, { readonly label: string; readonly detail: string }>> = {
  mean: { label: 'Mean', detail: 'Mean over seeds' },
  iqm: { label: 'IQM', detail: 'Interquartile mean over seeds: without the lowest and the highest quarter' },
};
const AT_STEP = 'step';

/** Which number is looked at: measure, statistic over seeds, moment, and what it is compared with. */
export function Choices({ experiment, chosen }: { readonly experiment: Experiment; readonly chosen: Choosing }) {
  const { measures, measure, steps, question } = chosen;
  const kind = kindOf(measure);
  const ofKind = measures.filter((each) => kindOf(each) === kind);
  const chooseKind = (next: MeasureKind) =>
    choose({ measure: measures.find((each) => kindOf(each) === next)?.id ?? measure.id, when: 'last' });
  const { when } = question;
  const step = typeof when === 'object' ? when.step : null;
  return (
    <fieldset className="sheet result-choices">
      <legend className="unseen">What is looked at</legend>
      <Labelled label="Measure">
        <BareSegmented
          label="Kind of measure"
          value={kind}
          choices={MEASURE_KINDS.map((value) => ({
            value,
            label: KIND_NAMES[value],
            disabled: !measures.some((each) => kindOf(each) === value),
          }))}
          onChange={chooseKind}
        />
        <BareSelect
          label="Measure"
          value={measure.id}
          choices={ofKind.map(({ id, label }) => ({ value: id, label }))}
          onChange={(id) => choose({ measure: id })}
        />
      </Labelled>
      <Labelled label="Over seeds">
        <BareSegmented
          label="Statistic over seeds"
          value={question.statistic}
          choices={SEED_STATISTICS.map((value) => ({ value, ...STATISTICS[value] }))}
          onChange={(statistic) => choose({ statistic })}
        />
        <Help
          about="the statistic over seeds"
          source="Interval: bootstrap over seeds with expanded percentiles (arXiv 1411.5279, section 4.1). Interquartile mean: arXiv 2108.13264."
        >
          The interval says what other seeds would give. Differences are taken seed by seed, because a seed gives every
          arm the same problems and noise.
        </Help>
      </Labelled>
      {steps.length > 1 && (
        <Labelled label="When">
          <BareSegmented
            label="When"
            value={step === null ? (when as 'last' | 'best') : AT_STEP}
            choices={[
              { value: 'last', label: 'Last' },
              { value: 'best', label: 'Best', detail: 'The best of each run: it favours arms that vary more' },
              { value: AT_STEP, label: 'At step' },
            ]}
            onChange={(next) => choose({ when: next === AT_STEP ? { step: steps.at(-1)! } : next })}
          />
          {step !== null && (
            <BareSelect
              label="Step"
              value={String(step)}
              choices={steps.map((each) => ({ value: String(each), label: String(each) }))}
              onChange={(each) => choose({ when: { step: Number(each) } })}
            />
          )}
        </Labelled>
      )}
      {experiment.arms.length > 1 && (
        <Labelled label="Compared with">
          <BareSelect
            label="Baseline"
            value={question.baseline}
            choices={experiment.arms.map(({ name }) => ({ value: name, label: name }))}
            onChange={(baseline) => choose({ baseline })}
          />
        </Labelled>
      )}
    </fieldset>
  );
}

function Labelled({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="result-choice">
      <span aria-hidden="true">{label}</span>
      {children}
    </div>
  );
}
