// What each rule came to, and how it differs from the first one, question by question.

import type { ArmFindings, ModelFindings } from '../../../experiments/model/findings.ts';
import { numberText, signedText } from '../../../experiments/report/numbers.ts';
import type { Interval } from '../../../grpo/statistics.ts';
import { plainStyle } from '../../../lab/charts/style.ts';
import { domainOfIntervals, IntervalBar, type IntervalDomain } from '../../charts/IntervalBar.tsx';
import { LineSample } from '../../charts/Legend.tsx';

const percent = (share: number | null) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
const plain = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits));

/** bootstraps have their value as `mean` */
const valued = (interval: Interval) => ({ ...interval, value: interval.mean });

export function Rates({ findings }: { readonly findings: ModelFindings }) {
  const { arms, rollouts: n } = findings;
  const levels = domainOfIntervals(arms.flatMap(({ avg }) => (avg === null ? [] : valued(avg))));
  const differences = domainOfIntervals(
    arms.flatMap(({ difference }) => (difference === null ? [] : valued(difference.avg))),
    0,
  );
  const isCompared = arms.length > 1;
  return (
    <section className="sheet" aria-label="Rules">
      <h3>avg@{n}: the share of rollouts that are right</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <section className="scrolls" tabIndex={0} aria-label="Table of rules">
        <table className="arms figures">
          <thead>
            <tr>
              <th scope="col">rule</th>
              <th scope="col">avg@{n}</th>
              <th scope="col">95 % interval</th>
              <th scope="col">questions</th>
              {isCompared && (
                <>
                  <th scope="col">minus {arms[0]!.name}</th>
                  <th scope="col">95 % interval, paired</th>
                  <th scope="col">same rollouts</th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {arms.map((arm, i) => (
              <tr key={arm.name}>
                <RuleName name={arm.name} index={i} />
                <td>
                  <strong>{arm.avg === null ? '–' : numberText(arm.avg.mean)}</strong>
                </td>
                <td>{arm.avg !== null && <Bar interval={arm.avg} domain={levels} />}</td>
                <td>{arm.questions}</td>
                {isCompared && <Difference arm={arm} isFirst={i === 0} domain={differences} />}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="quiet">
        Intervals: bootstrap over questions. A difference is taken question by question, over the questions that both
        rules have drawn. All rules draw with the same noise: same rollouts are those in which no token changed.
      </p>
      <h3 className="model-drawn">What was drawn</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
      <section className="scrolls" tabIndex={0} aria-label="Table of what was drawn">
        <table className="arms figures">
          <thead>
            <tr>
              <th scope="col">rule</th>
              <th scope="col">tokens a rollout</th>
              <th scope="col">cut</th>
              <th scope="col">hot tokens</th>
              <th scope="col">mean entropy, nats</th>
              <th scope="col">distinct answers</th>
              <th scope="col">outcomes</th>
            </tr>
          </thead>
          <tbody>
            {arms.map((arm, i) => (
              <tr key={arm.name}>
                <RuleName name={arm.name} index={i} />
                <td>{plain(arm.meanLength, 1)}</td>
                <td>{percent(arm.finished === null ? null : 1 - arm.finished)}</td>
                <td>{percent(arm.hotShare)}</td>
                <td>{plain(arm.entropyNats, 3)}</td>
                <td>{plain(arm.distinctAnswers, 2)}</td>
                <td>{arm.outcomes.map(({ outcome, rollouts }) => `${outcome} ${rollouts}`).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="quiet">
        Distinct answers a question, as they are written; none where the answer is not taken out of the text.
      </p>
    </section>
  );
}

function RuleName({ name, index }: { readonly name: string; readonly index: number }) {
  return (
    <th scope="row">
      <span className="arm-name">
        <LineSample style={plainStyle(index)} /> {name}
      </span>
    </th>
  );
}

function Bar({ interval, domain }: { readonly interval: Interval; readonly domain: IntervalDomain }) {
  const { low, high } = interval;
  return <IntervalBar {...valued(interval)} domain={domain} text={`${numberText(low)} to ${numberText(high)}`} />;
}

function Difference({
  arm: { difference },
  isFirst,
  domain,
}: {
  readonly arm: ArmFindings;
  readonly isFirst: boolean;
  readonly domain: IntervalDomain;
}) {
  if (isFirst)
    return (
      <td colSpan={3} className="quiet">
        the others are compared with this one
      </td>
    );
  if (difference === null) return <td colSpan={3}>–</td>;
  const { low, high } = difference.avg;
  return (
    <>
      <td>{signedText(difference.avg.mean)}</td>
      <td>
        <IntervalBar
          {...valued(difference.avg)}
          domain={domain}
          isDifference
          text={`${signedText(low)} to ${signedText(high)}`}
        />
      </td>
      <td>{percent(difference.sameRollouts)}</td>
    </>
  );
}
