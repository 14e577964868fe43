import { X_MODES, type XMode } from '../../lab/charts/track.ts';
import { Button } from '../kit/Button.tsx';
import { Help } from '../kit/Help.tsx';
import { BareSegmented } from '../kit/Segmented.tsx';
import { Slider } from '../kit/Slider.tsx';
import { useShared, useSharedStore } from './view.ts';

const CHOICES: readonly { value: XMode; label: string; detail: string }[] = X_MODES.map((value) => ({
  value,
  label: { step: 'steps', tokens: 'tokens', time: 'time' }[value],
  detail: { step: 'Training steps', tokens: 'Tokens generated so far', time: 'Minutes of training' }[value],
}));
const MOST_SMOOTHING = 0.99;

/** What holds for all charts: the horizontal axis, the smoothing, the zoom; and where the cursor stands. */
export function ChartControls({ areManyRuns = false }: { readonly areManyRuns?: boolean }) {
  const shared = useSharedStore();
  const mode = useShared((view) => view.mode);
  const smoothing = useShared((view) => view.smoothing);
  const range = useShared((view) => view.range);
  const cursorStep = useShared((view) => view.cursorStep);
  return (
    <fieldset className="chart-controls">
      <legend className="unseen">All charts</legend>
      <BareSegmented
        label="Horizontal axis"
        value={mode}
        choices={CHOICES}
        onChange={(next) => shared.setState({ mode: next })}
      />
      <div className="chart-smoothing">
        <Slider
          label="Smoothing"
          help="Weight of the past in an exponential moving average; every value as it was stays visible, faint."
          source="Divided by the weight seen so far, as Adam does (arXiv 1412.6980, section 3), so that it starts at the first value."
          value={smoothing}
          min={0}
          max={MOST_SMOOTHING}
          step={0.01}
          onChange={(weight) => shared.setState({ smoothing: Math.min(MOST_SMOOTHING, Math.max(0, weight)) })}
        />
      </div>
      <Button disabled={range === null} onClick={() => shared.setState({ range: null })}>
        Show all steps
      </Button>
      <Help about="reading and zooming">
        Point at a chart, or walk it with the arrow keys, to read every chart at that step. Drag over a chart to zoom
        all of them; + and − zoom around the cursor, 0 or a double click shows all steps.
      </Help>
      <output className="quiet chart-where">
        {cursorStep === null
          ? 'latest values'
          : areManyRuns && mode !== 'step'
            ? 'values at the cursor'
            : `values of step ${cursorStep}`}
        {range !== null && ` · zoomed to steps ${Math.ceil(range[0])}–${Math.floor(range[1])}`}
      </output>
    </fieldset>
  );
}
