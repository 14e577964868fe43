import { memo } from 'react';
import type { ScaleKind } from '../../lab/charts/scale.ts';
import { IconButton } from '../kit/Button.tsx';
import { Help } from '../kit/Help.tsx';
import { Menu } from '../kit/Menu.tsx';

interface Props {
  /** Of the element that names the chart. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly help: string | undefined;
  readonly source: string | undefined;
  readonly scale: ScaleKind;
  readonly isTabled: boolean;
  readonly onScale: (scale: ScaleKind) => void;
  readonly onTabled: (isTabled: boolean) => void;
  readonly onSave: (kind: 'svg' | 'png') => void;
}

/** A chart's title and its menu. New rows leave it as it is. */
export const ChartHead = memo(function ChartHead({
  id,
  title,
  unit,
  help,
  source,
  scale,
  isTabled,
  onScale,
  onTabled,
  onSave,
}: Props) {
  return (
    <figcaption>
      <span className="chart-title">
        <span id={id}>{title}</span>
        {unit !== '' && <small title={unit}>{unit}</small>}
        {help !== undefined && (
          <Help about={title} source={source}>
            {help}
          </Help>
        )}
      </span>
      <Menu
        groups={[
          [
            { id: 'linear', label: 'Linear axis', isChosen: scale === 'linear', run: () => onScale('linear') },
            { id: 'log', label: 'Log axis', isChosen: scale === 'log', run: () => onScale('log') },
          ],
          [{ id: 'table', label: 'Values as a table', isChosen: isTabled, run: () => onTabled(!isTabled) }],
          [
            { id: 'svg', label: 'Save as SVG', run: () => onSave('svg') },
            { id: 'png', label: 'Save as PNG', run: () => onSave('png') },
          ],
        ]}
      >
        <IconButton icon="more" label={`${title}: axis, values, files`} />
      </Menu>
    </figcaption>
  );
});
