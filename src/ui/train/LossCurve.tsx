// The loss of a base that is being made: small, and drawn from all steps by the smallest and largest of each bucket.

import { useMemo, useRef } from 'react';
import { minMaxBuckets } from '../../lab/charts/buckets.ts';
import { domainOf, exactText, linearTicks, positionOf, tickText } from '../../lab/charts/scale.ts';
import { useWidth } from '../charts/place.ts';

const HEIGHT = 150;
const LEFT = 38;
const BOTTOM = 22;
const TOP = 8;
const RIGHT = 10;

/** @param lossNats of each step, nats a token */
export function LossCurve({ lossNats, steps }: { readonly lossNats: readonly number[]; readonly steps: number }) {
  const box = useRef<HTMLElement>(null);
  const width = useWidth(box);
  const picture = useMemo(() => {
    const y = Float64Array.from(lossNats);
    const x = Float64Array.from(lossNats, (_, i) => i + 1);
    const domain = domainOf(
      0,
      lossNats.reduce((most, loss) => Math.max(most, loss), 1),
      'linear',
    );
    const px = (step: number) => LEFT + Math.max(1, width - LEFT - RIGHT) * positionOf(step, [0, steps], 'linear');
    const py = (loss: number) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * positionOf(loss, domain, 'linear');
    const { indices } = minMaxBuckets(x, y, [0, steps]);
    const points = indices.map((i) => `${px(x[i]!).toFixed(1)},${py(y[i]!).toFixed(1)}`).join(' ');
    return { points, px, py, yTicks: linearTicks(domain, 4), xTicks: linearTicks([0, steps], 5) };
  }, [lossNats, steps, width]);
  const { points, px, py, yTicks, xTicks } = picture;
  const last = lossNats.at(-1);
  const said =
    last === undefined
      ? 'Loss by step: no step yet.'
      : `Loss by step: ${exactText(lossNats[0]!)} nats a token at first, ${exactText(last)} after ${lossNats.length} steps.`;
  return (
    <figure className="loss-curve" ref={box}>
      <figcaption>
        loss, nats a token <output className="figures">{last === undefined ? '–' : last.toFixed(3)}</output>
      </figcaption>
      <svg viewBox={`0 0 ${Math.max(1, width)} ${HEIGHT}`} height={HEIGHT} role="img" aria-label={said}>
        {yTicks.map((tick) => (
          <g key={tick}>
            <line className="loss-grid" x1={LEFT} x2={width - RIGHT} y1={py(tick)} y2={py(tick)} />
            <text x={LEFT - 5} y={py(tick) + 3} textAnchor="end">
              {tickText(tick)}
            </text>
          </g>
        ))}
        {xTicks.map((tick) => (
          <text
            key={tick}
            x={px(tick)}
            y={HEIGHT - 6}
            textAnchor={tick === 0 ? 'start' : tick === steps ? 'end' : 'middle'}
          >
            {tick === 0 ? 'step 0' : tickText(tick)}
          </text>
        ))}
        {lossNats.length === 1 ? (
          <circle cx={px(1)} cy={py(lossNats[0]!)} r={2} />
        ) : (
          <polyline className="loss-line" points={points} />
        )}
      </svg>
    </figure>
  );
}
