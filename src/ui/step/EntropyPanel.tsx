// The queue at this moment, and a threshold that can be dragged: what would have been hot?

import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from 'react';
import { entropyScaleNats, judgedTokens } from '../../lab/step/facts.ts';
import { histogram, queueWindow } from '../../lab/step/queueWindow.ts';
import { type GateCounts, gateCounts } from '../../lab/step/relabel.ts';
import { Button } from '../kit/Button.tsx';
import { Help } from '../kit/Help.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { useLooked, useTokenRoom, useTokens } from './roomContext.ts';
import { nats, number, percent } from './words.ts';

const BINS = 40;
const KEY_STEP_NATS = 0.01;

export function EntropyPanel() {
  const room = useTokenRoom();
  const { settings } = useLaboratory();
  const { group, branch, place, strip, isNext } = useLooked();
  const whatIfNats = useTokens((state) => state.whatIfNats);
  const carriesQueues = useTokens((state) => state.carriesQueues);
  const { row, index } = place;
  const take = (isNext ? (strip.takes[index] ?? branch.take) : strip.takes[index]) ?? null;
  const fullNats = useMemo(() => entropyScaleNats(group, branch.strips), [group, branch.strips]);
  const window = useMemo(() => (take === null ? null : queueWindow(take, row, index)), [take, row, index]);
  // A record keeps no queue: the entropies of the group up to this token are the nearest to it.
  const entropies = useMemo(
    () => window?.entropies ?? branch.strips.flatMap(({ rollout }) => [...rollout.entropyNats.subarray(0, index + 1)]),
    [window, branch.strips, index],
  );
  const counts = useMemo(() => histogram(entropies, BINS, fullNats), [entropies, fullNats]);
  const most = Math.max(1, ...counts);
  const recorded = strip.rollout.thresholdNats[index] ?? Number.NaN;
  const threshold = whatIfNats ?? recorded;
  /** NaN: not known before the token is drawn. */
  const H = strip.rollout.entropyNats[index] ?? Number.NaN;
  const asRecorded = useMemo(() => gateCounts(judgedTokens(group, branch, null)), [group, branch]);
  const asJudged = useMemo(
    () => (whatIfNats === null ? asRecorded : gateCounts(judgedTokens(group, branch, whatIfNats))),
    [group, branch, whatIfNats, asRecorded],
  );
  return (
    <>
      <header className="step-panel-head">
        <h2>Entropy queue</h2>
        <Help about="the entropy queue" source="arXiv 2510.08892, section 3.2">
          The last N token entropies. The threshold is taken from them; a token is hot when its own entropy is above it.
          Drag the line to see which recorded tokens another threshold would have made hot.
        </Help>
        <span className="quiet figures">
          {window === null
            ? 'the group up to this token: the record keeps no queue'
            : `${window.entropies.length} of ${take!.sampler.queue.capacity}, scope ${take!.sampler.queue.scope}`}
        </span>
      </header>
      <ThresholdPlot
        counts={counts}
        most={most}
        fullNats={fullNats}
        threshold={threshold}
        isWhatIf={whatIfNats !== null}
        H={H}
        onChange={(value) => room.judgeBy(value)}
      />
      <table className="step-gate">
        <caption className="unseen">The gate over all revealed tokens</caption>
        <thead>
          <tr>
            <th scope="col">{asRecorded.tokens} tokens</th>
            <th scope="col">▲ hot</th>
            <th scope="col">▼ cold</th>
            <th scope="col" title="Of the hot tokens, the share that are true forks">
              precision
            </th>
            <th scope="col" title="Of the true forks, the share that is hot">
              recall
            </th>
          </tr>
        </thead>
        <tbody>
          <GateRow name="as recorded" counts={asRecorded} />
          <GateRow
            name={whatIfNats === null ? 'what if' : `at ${number(whatIfNats, 3)}`}
            counts={whatIfNats === null ? null : asJudged}
          />
        </tbody>
      </table>
      {take?.sampler.queue.keep === true && (
        <label className="step-carry">
          <input type="checkbox" checked={carriesQueues} onChange={(event) => room.carryQueues(event.target.checked)} />
          <span>
            Let the next group start with this queue.
            <small className="quiet">
              {take.queuesBefore.length === 0
                ? ' This one started empty.'
                : ` This one started with ${take.queuesBefore[0]!.length} entropies.`}
            </small>
          </span>
        </label>
      )}
      <div className="step-panel-foot">
        <Button
          disabled={whatIfNats === null}
          onClick={() => {
            if (whatIfNats !== null)
              settings.edit('sampler.threshold', { rule: 'absolute', nats: Number(whatIfNats.toFixed(3)) });
            room.judgeBy(null);
          }}
        >
          Apply as absolute threshold
        </Button>
        <Button look="quiet" disabled={whatIfNats === null} onClick={() => room.judgeBy(null)}>
          Back to recorded
        </Button>
      </div>
    </>
  );
}

function GateRow({ name, counts }: { readonly name: string; readonly counts: GateCounts | null }) {
  const share = (value: number | null) => (value === null ? '–' : percent(value));
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="figures">{counts === null ? '–' : counts.hot}</td>
      <td className="figures">{counts === null ? '–' : counts.tokens - counts.hot}</td>
      <td className="figures">{counts === null ? '–' : share(counts.precision)}</td>
      <td className="figures">{counts === null ? '–' : share(counts.recall)}</td>
    </tr>
  );
}

interface PlotProps {
  readonly counts: readonly number[];
  readonly most: number;
  readonly fullNats: number;
  readonly threshold: number;
  readonly isWhatIf: boolean;
  readonly H: number;
  readonly onChange: (nats: number) => void;
}

function ThresholdPlot({ counts, most, fullNats, threshold, isWhatIf, H, onChange }: PlotProps) {
  const plot = useRef<HTMLDivElement>(null);
  const isDragging = useRef(false);
  const at = (clientX: number) => {
    const { left, width } = plot.current!.getBoundingClientRect();
    return Math.min(fullNats, Math.max(0, ((clientX - left) / width) * fullNats));
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    isDragging.current = true;
    event.currentTarget.setPointerCapture(event.pointerId);
    onChange(at(event.clientX));
  };
  const onPointerMove = (event: PointerEvent) => {
    if (isDragging.current) onChange(at(event.clientX));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const from = Number.isNaN(threshold) ? 0 : threshold;
    const by = KEY_STEP_NATS * (event.shiftKey ? 10 : 1);
    const to = {
      ArrowRight: from + by,
      ArrowUp: from + by,
      ArrowLeft: from - by,
      ArrowDown: from - by,
      Home: 0,
      End: fullNats,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onChange(Math.min(fullNats, Math.max(0, to)));
  };
  // Rails as wide as the plot are moved as wholes: nothing is laid out anew, so nothing counts as a jump.
  const at01 = (value: number) => ({ transform: `translateX(${(100 * Math.min(value, fullNats)) / fullNats}%)` });
  return (
    <div className="step-plot-frame">
      <div
        className="step-plot"
        ref={plot}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          isDragging.current = false;
        }}
        onPointerCancel={() => {
          isDragging.current = false;
        }}
      >
        {counts.map((count, bin) => {
          const from = (bin / counts.length) * fullNats;
          return (
            <span
              // Bins have no identity but their place.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              key={bin}
              className="step-bin"
              data-hot={from >= threshold}
              style={{ transform: `scaleY(${Math.sqrt(count / most)})` }}
              title={`${count} entropies from ${number((bin / counts.length) * fullNats, 2)} to ${number(((bin + 1) / counts.length) * fullNats, 2)} nats`}
            />
          );
        })}
        {!Number.isNaN(H) && (
          <span className="step-rail" style={at01(H)} title={`H of this token: ${nats(H)}`}>
            <span className="step-H">
              <span>H</span>
            </span>
          </span>
        )}
        <div className="step-rail" style={at01(Number.isNaN(threshold) ? 0 : threshold)}>
          <div
            className="step-line"
            data-what-if={isWhatIf ? '' : undefined}
            role="slider"
            tabIndex={0}
            aria-label="Threshold"
            aria-valuemin={0}
            aria-valuemax={Number(fullNats.toFixed(3))}
            aria-valuenow={Number.isNaN(threshold) ? 0 : Number(threshold.toFixed(3))}
            aria-valuetext={Number.isNaN(threshold) ? 'none yet' : nats(threshold)}
            onKeyDown={onKeyDown}
          >
            <span className="step-grip" />
          </div>
        </div>
      </div>
      <div className="step-axis quiet figures" aria-hidden="true">
        <span>0</span>
        <span>
          threshold {Number.isNaN(threshold) ? 'none yet' : `${number(threshold, 3)} nats`}
          {isWhatIf ? ' (what if)' : ''}
        </span>
        <span>{number(fullNats, 1)} nats</span>
      </div>
    </div>
  );
}
