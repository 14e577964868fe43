import { type ReactNode, useId } from 'react';
import type { Settings } from '../lab/settings.ts';

interface SliderProps {
  readonly label: ReactNode;
  readonly hint: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
}

function Slider({ label, hint, value, min, max, step, onChange }: SliderProps) {
  const id = useId();
  return (
    <div className="slider">
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id}>{value.toFixed(2)}</output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <small>{hint}</small>
    </div>
  );
}

interface Props {
  readonly settings: Settings;
  readonly change: (change: Partial<Settings>) => void;
}

export function Controls({ settings, change }: Props) {
  return (
    <section className="controls" aria-label="Sampling">
      <Slider
        label={
          <>
            <span className="hot">▲</span> T<sub>high</sub>
          </>
        }
        hint="temperature of hot tokens"
        value={settings.tauHigh}
        min={0.05}
        max={3}
        step={0.05}
        onChange={(tauHigh) => change({ tauHigh })}
      />
      <Slider
        label={
          <>
            <span className="cold">▼</span> T<sub>low</sub>
          </>
        }
        hint="temperature of cold tokens"
        value={settings.tauLow}
        min={0.05}
        max={3}
        step={0.05}
        onChange={(tauLow) => change({ tauLow })}
      />
      <Slider
        label="cold fraction k"
        hint="the threshold is the k-quantile of the entropies so far"
        value={settings.coldFraction}
        min={0}
        max={1}
        step={0.05}
        onChange={(coldFraction) => change({ coldFraction })}
      />
      <div className="noise">
        <button type="button" onClick={() => change({ seed: settings.seed + 1 })}>
          New noise
        </button>
        <small>seed {settings.seed}; the same seed gives the same tokens</small>
      </div>
    </section>
  );
}
