import { useCallback } from 'react';
import type { Results } from '../../../experiments/results.ts';
import type { SeedStatistic } from '../../../experiments/seedStatistics.ts';
import type { Series } from '../../../lab/charts/model.ts';
import { runStyle } from '../../../lab/charts/style.ts';
import { bandName, type NamedCurve } from '../../../lab/results/analysis.ts';
import { bandedSeries, seedCounts } from '../../../lab/results/lines.ts';
import { Chart } from '../../charts/Chart.tsx';
import { useAnalysis } from './useAnalysis.ts';

/** How the rollouts of each temperature of a ladder did, and how much of what is learnt comes from them. */
export function Ladders({ results, statistic }: { readonly results: Results; readonly statistic: SeedStatistic }) {
  const { answer: ladders } = useAnalysis(results, 'ladders', statistic);
  if (ladders === null || ladders.length === 0) return null;
  return (
    <section aria-label="Ladders" className="result-curves">
      <h3>Reward and signal by temperature of the ladder</h3>
      <p className="quiet">
        The rollouts of a group stand on a ladder of temperatures, each an offset from the arm’s own. Signal is the
        share of Σ |A| that comes from there.
      </p>
      <div className="charts result-charts">
        {ladders.flatMap(({ point, reward, signal }) => [
          <LadderChart
            key={`${point} reward`}
            title={`Reward: ${point}`}
            curves={reward}
            statistic={statistic}
            name={results.experiment.name}
          />,
          <LadderChart
            key={`${point} signal`}
            title={`Signal: ${point}`}
            curves={signal}
            statistic={statistic}
            name={results.experiment.name}
          />,
        ])}
      </div>
    </section>
  );
}

function LadderChart({
  title,
  curves,
  statistic,
  name,
}: {
  readonly title: string;
  readonly curves: readonly NamedCurve[];
  readonly statistic: SeedStatistic;
  readonly name: string;
}) {
  const series = useCallback(
    (): readonly Series[] => curves.map((each, i) => bandedSeries(each.name, runStyle(i), each.curve)),
    [curves],
  );
  const band = bandName(statistic, seedCounts(curves.map(({ curve }) => curve)));
  return (
    <Chart title={title} note={band} series={series} atLeast={[0]} caption={`${name}. Bold line and band: ${band}.`} />
  );
}
