import { useMemo } from 'react';
import { metricGroups } from '../../../lab/compare/metrics.ts';

/** Which metrics have a chart. */
export function MetricPicker({
  names,
  charts,
  onChange,
}: {
  readonly names: readonly string[];
  readonly charts: readonly string[];
  readonly onChange: (charts: readonly string[]) => void;
}) {
  const groups = useMemo(() => metricGroups(names), [names]);
  const count = charts.filter((metric) => names.includes(metric)).length;
  const toggle = (metric: string) =>
    onChange(charts.includes(metric) ? charts.filter((other) => other !== metric) : [...charts, metric]);
  return (
    <details className="sheet runs-metrics">
      <summary>
        Metrics with a chart: {count} of {names.length}
      </summary>
      <div className="runs-metric-groups">
        {groups.map(({ title, metrics }) => (
          <fieldset key={title}>
            <legend>{title}</legend>
            {metrics.map((info) => (
              <label key={info.metric}>
                <input type="checkbox" checked={charts.includes(info.metric)} onChange={() => toggle(info.metric)} />
                {info.title}
              </label>
            ))}
          </fieldset>
        ))}
      </div>
    </details>
  );
}
