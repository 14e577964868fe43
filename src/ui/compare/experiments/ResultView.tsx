// The results of one experiment, whether they are still being made, stored, or come with the page.

import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Results } from '../../../experiments/results.ts';
import { choosing } from '../../../lab/results/choice.ts';
import { SharedViewProvider } from '../../charts/view.ts';
import { Notice } from '../../kit/Notice.tsx';
import { ArmsTable } from './ArmsTable.tsx';
import { Cells } from './Cells.tsx';
import { Choices } from './Choices.tsx';
import { Differences } from './Differences.tsx';
import { Entropies } from './Entropies.tsx';
import { HeatMaps } from './HeatMaps.tsx';
import { Ladders } from './Ladders.tsx';
import { ResultCharts } from './ResultCharts.tsx';
import { useAnalysis } from './useAnalysis.ts';
import { chartView, experimentsView } from './viewStore.ts';

export function ResultView({ results }: { readonly results: Results }) {
  const choice = useStore(experimentsView, (state) => state.choice);
  const chosen = useMemo(() => choosing(results, choice), [results, choice]);
  if (chosen === null)
    return (
      <>
        <p className="quiet">No run is finished yet: results are shown from the first one on.</p>
        <Differences experiment={results.experiment} />
      </>
    );
  return (
    <SharedViewProvider value={chartView}>
      <Analysed results={results} chosen={chosen} />
    </SharedViewProvider>
  );
}

function Analysed({
  results,
  chosen,
}: {
  readonly results: Results;
  readonly chosen: NonNullable<ReturnType<typeof choosing>>;
}) {
  const { experiment } = results;
  const { answer: analysis, isCurrent, failure } = useAnalysis(results, 'analysis', chosen.question);
  return (
    <div className="results" aria-busy={!isCurrent}>
      <Choices experiment={experiment} chosen={chosen} />
      {failure !== null && <Notice tone="problem">{failure}</Notice>}
      {analysis === null ? (
        <p className="quiet">Computing …</p>
      ) : (
        <>
          <Verdict sentences={analysis.sentences} isSweep={experiment.sweep.length > 0} />
          <ArmsTable analysis={analysis} measure={chosen.measure} />
          {experiment.sweep.length > 0 && (
            <HeatMaps experiment={experiment} analysis={analysis} measure={chosen.measure} />
          )}
          <ResultCharts experiment={experiment} analysis={analysis} measure={chosen.measure} />
        </>
      )}
      <Ladders results={results} statistic={chosen.question.statistic} />
      <Entropies results={results} />
      <Differences experiment={experiment} />
      <Cells results={results} />
    </div>
  );
}

function Verdict({ sentences, isSweep }: { readonly sentences: readonly string[]; readonly isSweep: boolean }) {
  return (
    <section className="sheet verdict" aria-label="What may be said">
      <h3>What may be said</h3>
      {sentences.length === 0 ? (
        <p>
          There is one arm, so nothing is compared with a baseline
          {isSweep ? '; the heat map shows every place of the sweep.' : '.'}
        </p>
      ) : (
        <ul>
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
