import { useStore } from 'zustand';
import type { Measure } from '../../../experiments/measures.ts';
import { numberText, signedText } from '../../../experiments/report/numbers.ts';
import type { SeedInterval } from '../../../experiments/seedStatistics.ts';
import type { Verdict } from '../../../experiments/verdict.ts';
import { runStyle } from '../../../lab/charts/style.ts';
import type { Analysis } from '../../../lab/results/analysis.ts';
import { endsName, endsText } from '../../../lab/results/words.ts';
import { domainOfIntervals, IntervalBar, type IntervalDomain } from '../../charts/IntervalBar.tsx';
import { LineSample } from '../../charts/Legend.tsx';
import { BareSwitch } from '../../kit/Switch.tsx';
import { experimentsView } from './viewStore.ts';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  higher: 'higher',
  lower: 'lower',
  'no difference': 'no difference found',
  'too few seeds': 'too few seeds',
  'no result': 'no result yet',
};

function setHidden(name: string, isHidden: boolean): void {
  experimentsView.setState(({ hidden }) => {
    const next = new Set(hidden);
    if (isHidden) next.add(name);
    else next.delete(name);
    return { hidden: next };
  });
}

/** Every arm with its number, and its paired difference from the baseline. */
export function ArmsTable({ analysis, measure }: { readonly analysis: Analysis; readonly measure: Measure }) {
  const hidden = useStore(experimentsView, (state) => state.hidden);
  const { points, question } = analysis;
  const levels = domainOfIntervals(points.flatMap(({ level }) => level ?? []));
  const differences = domainOfIntervals(
    points.flatMap(({ difference }) => difference ?? []),
    0,
  );
  const hasBaseline = points.some(({ isBaseline }) => !isBaseline);
  return (
    <section className="sheet" aria-label="Arms">
      <h3>
        {measure.label}
        {measure.unit !== null && <span className="quiet"> in {measure.unit}</span>}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <section className="scrolls" tabIndex={0} aria-label="Table of arms">
        <table className="arms figures">
          <thead>
            <tr>
              <th scope="col">shown</th>
              <th scope="col">arm</th>
              <th scope="col">{question.statistic === 'mean' ? 'mean' : 'IQM'}</th>
              <th scope="col">{endsName(points.map((point) => point.level))}</th>
              <th scope="col">seeds</th>
              {hasBaseline && (
                <>
                  <th scope="col">minus {question.baseline}</th>
                  <th scope="col">{endsName(points.map((point) => point.difference))}, paired</th>
                  <th scope="col">ratio</th>
                  <th scope="col">so it is</th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {points.map(({ name, level, difference, ratio, isBaseline, verdict }, i) => (
              <tr key={name}>
                <td>
                  <BareSwitch
                    label={`Show ${name} in the charts`}
                    checked={!hidden.has(name)}
                    onChange={(isShown) => setHidden(name, !isShown)}
                  />
                </td>
                <th scope="row">
                  <span className="arm-name">
                    <LineSample style={runStyle(i)} /> {name}
                  </span>
                </th>
                <td>
                  <strong>{level === null ? '–' : numberText(level.value)}</strong>
                </td>
                <td>{level !== null && <Interval interval={level} domain={levels} />}</td>
                <td>{level?.n ?? 0}</td>
                {hasBaseline &&
                  (isBaseline ? (
                    <td colSpan={4} className="quiet">
                      the others are compared with this one
                    </td>
                  ) : (
                    <>
                      <td>{difference === null ? '–' : signedText(difference.value)}</td>
                      <td>
                        {difference !== null && <Interval interval={difference} domain={differences} isDifference />}
                      </td>
                      <td title={ratio === null ? undefined : `${endsName([ratio])} ${endsText(ratio)}`}>
                        {ratio === null ? '–' : ratio.value.toFixed(3)}
                        {ratio !== null && (
                          <span className="unseen">
                            , {endsName([ratio])} {endsText(ratio)}
                          </span>
                        )}
                      </td>
                      <td>
                        <span className="verdict-word" data-verdict={verdict}>
                          {VERDICTS[verdict]}
                        </span>
                      </td>
                    </>
                  ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="quiet">
        {measure.better === null
          ? 'Neither more nor less of it is better by itself.'
          : `${measure.better === 'higher' ? 'Higher' : 'Lower'} is what one hopes for.`}{' '}
        Intervals: bootstrap over seeds; a difference and a ratio are taken seed by seed.
      </p>
    </section>
  );
}

function Interval({
  interval,
  domain,
  isDifference = false,
}: {
  readonly interval: SeedInterval;
  readonly domain: IntervalDomain;
  readonly isDifference?: boolean;
}) {
  const text = endsText(interval, isDifference);
  return <IntervalBar {...interval} text={text} domain={domain} isDifference={isDifference} />;
}
