// Which metric the table reads, what of it is called the best, and at which step it is read.

import { useMemo } from 'react';
import { useStore } from 'zustand';
import { commonStep } from '../../../lab/compare/measured.ts';
import { isLessBetter, metricGroups } from '../../../lab/compare/metrics.ts';
import type { ComparedRun } from '../../../lab/compare/store.ts';
import { Help } from '../../kit/Help.tsx';
import { NumberField } from '../../kit/NumberField.tsx';
import { BareSegmented } from '../../kit/Segmented.tsx';
import { BareSelect } from '../../kit/Select.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';

interface Props {
  readonly runs: readonly ComparedRun[];
  readonly shown: readonly ComparedRun[];
}

/** All metrics that any of the runs has. */
export function useMetricNames(runs: readonly ComparedRun[]): readonly string[] {
  const key = [...new Set(runs.flatMap(({ curves }) => curves.names))].join('\n');
  return useMemo(() => (key === '' ? [] : key.split('\n')), [key]);
}

export function TableControls({ runs, shown }: Props) {
  const { compare } = useLaboratory();
  const metric = useStore(compare, (state) => state.metric);
  const best = useStore(compare, (state) => state.best);
  const atStep = useStore(compare, (state) => state.atStep);
  const names = useMetricNames(runs);
  const choices = useMemo(() => {
    const infos = metricGroups(names).flatMap(({ metrics }) => metrics);
    return infos.map((info) => ({ value: info.metric, label: info.title }));
  }, [names]);
  const common = commonStep(shown.map(({ curves }) => curves));
  return (
    <fieldset className="runs-controls">
      <legend className="unseen">What the table reads</legend>
      <span className="runs-control">
        <span aria-hidden="true">metric</span>
        <BareSelect
          label="Metric of the table"
          value={metric}
          choices={choices.length === 0 ? [{ value: metric, label: metric }] : choices}
          onChange={(next) => compare.change({ metric: next, best: isLessBetter(next) ? 'lowest' : 'highest' })}
        />
      </span>
      <span className="runs-control">
        <span aria-hidden="true">best is the</span>
        <BareSegmented
          label="Best is the"
          value={best}
          choices={[
            { value: 'highest', label: 'highest' },
            { value: 'lowest', label: 'lowest' },
          ]}
          onChange={(next) => compare.change({ best: next })}
        />
        <Help about="the best value">
          The best of many noisy steps is better than the run: the longer it is, the more. Last values, or values at one
          step, are fairer to compare.
        </Help>
      </span>
      <span className="runs-control">
        <span aria-hidden="true">at step</span>
        <NumberField
          label="At step"
          value={atStep ?? common ?? 0}
          step={1}
          onChange={(step) => compare.change({ atStep: Math.max(0, Math.round(step)) })}
        />
        {atStep === null ? (
          <span className="quiet">the last that all shown runs have</span>
        ) : (
          <button type="button" className="runs-link" onClick={() => compare.change({ atStep: null })}>
            back to the last that all have
          </button>
        )}
      </span>
    </fieldset>
  );
}
