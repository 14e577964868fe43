import { memo } from 'react';
import type { Series } from '../../lab/charts/model.ts';
import { type LineStyle, shapePath } from '../../lab/charts/style.ts';
import { readingsOf } from './reading.ts';
import { useShared } from './view.ts';

const SAMPLE = { width: 26, height: 12 } as const;

/** A piece of a line: its colour, its dashes and its shape. */
export function LineSample({ style: { colour, dash, shape } }: { style: LineStyle }) {
  const middle = SAMPLE.height / 2;
  return (
    <svg className="line-sample" width={SAMPLE.width} height={SAMPLE.height} aria-hidden="true">
      <path
        d={`M1 ${middle}H${SAMPLE.width - 1}`}
        stroke={`var(${colour})`}
        strokeWidth="1.8"
        strokeDasharray={dash}
        strokeLinecap="round"
      />
      <path d={shapePath(shape, SAMPLE.width / 2, middle, 3.4)} fill={`var(${colour})`} />
    </svg>
  );
}

/** The lines of a chart, each with its exact value at the cursor, or its last one. */
export const Legend = memo(function Legend({ series }: { series: readonly Series[] }) {
  const cursorStep = useShared((view) => view.cursorStep);
  const mode = useShared((view) => view.mode);
  const readings = readingsOf(series, cursorStep, mode);
  return (
    <ul className="chart-legend">
      {series.map(({ key, label, style }, i) => (
        <li key={key}>
          <LineSample style={style} />
          <span title={label}>{label}</span>
          <output data-series={key}>{readings[i]}</output>
        </li>
      ))}
    </ul>
  );
});
