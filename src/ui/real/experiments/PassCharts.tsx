// pass@k of every rule over k, over all questions and in each domain.

import { useMemo } from 'react';
import type { ArmRates, ModelFindings } from '../../../experiments/model/findings.ts';
import type { Series } from '../../../lab/charts/model.ts';
import { plainStyle } from '../../../lab/charts/style.ts';
import { Chart } from '../../charts/Chart.tsx';

const BAND = 'band: 95 %, over questions';

interface Drawn {
  readonly name: string;
  readonly rates: ArmRates;
}

function seriesOf(drawn: readonly Drawn[]): readonly Series[] {
  return drawn.map(({ name, rates: { pass } }, i): Series => {
    const step = Float64Array.from(pass, ({ k }) => k);
    return {
      key: name,
      label: name,
      style: plainStyle(i),
      track: { step, tokens: step, time: step },
      values: Float64Array.from(pass, ({ rate }) => rate.mean),
      weight: 'bold',
      band: (index) => pass[index]?.rate ?? null,
    };
  });
}

export function PassCharts({ findings, name }: { readonly findings: ModelFindings; readonly name: string }) {
  const charts = useMemo(() => chartsOf(findings), [findings]);
  if (findings.rollouts === 1) return null;
  return (
    <section aria-label="pass@k" className="result-curves">
      <h3>pass@k by rule</h3>
      <p className="quiet">
        The chance that at least one of k rollouts is right, by the unbiased estimator 1 − C(n − c, k) / C(n, k), over
        questions. One curve may be above another at k = 1 and below it at k = {findings.rollouts}: sharpening trades
        the one for the other.
      </p>
      <div className="charts result-charts">
        {charts.map(({ title, questions, series }) => (
          <Chart
            key={title}
            title={title}
            series={series}
            atLeast={[0, 1]}
            note={`${questions} · ${BAND}`}
            caption={`${name}: ${questions}. Bands: 95 % intervals, bootstrap over questions.`}
          />
        ))}
      </div>
    </section>
  );
}

function chartsOf({ arms, domains }: ModelFindings) {
  const all = arms.map((arm) => ({ name: arm.name, rates: arm as ArmRates }));
  const ofDomain = (domain: string) =>
    arms.map((arm) => ({ name: arm.name, rates: arm.byDomain.find((one) => one.domain === domain)! }));
  const parts =
    domains.length < 2 ? [] : domains.map((domain) => ({ title: `pass@k: ${domain}`, drawn: ofDomain(domain) }));
  return [{ title: 'pass@k: all questions', drawn: all }, ...parts]
    .filter(({ drawn }) => drawn.some(({ rates }) => rates.pass.length > 0))
    .map(({ title, drawn }) => ({ title, questions: questionsText(drawn), series: seriesOf(drawn) }));
}

/** How many questions the curves are of; rules may stand at different ones while it runs. */
function questionsText(drawn: readonly Drawn[]): string {
  const counts = drawn.map(({ rates }) => rates.questions);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${most} question${most === 1 ? '' : 's'}` : `${least} to ${most} questions`;
}
