// The sliders that act on the run as it goes. They move the settings along, so that a new run would begin with them.

import { useMemo, useState } from 'react';
import { changeText } from '../../lab/charts/runMarks.ts';
import { helpFor, sourceText } from '../../lab/help.ts';
import { differenceText, editsOf, type LiveField, liveFields, liveValue } from '../../lab/train/liveFields.ts';
import { Button } from '../kit/Button.tsx';
import { Slider } from '../kit/Slider.tsx';
import { Term } from '../kit/Term.tsx';
import { useLaboratory, useSettings } from '../laboratoryContext.ts';
import { useRunData, useTrain } from './trainContext.ts';

export function LiveControls() {
  const { settings } = useLaboratory();
  const train = useTrain();
  const config = useRunData((run) => run.config);
  const waiting = useRunData((run) => run.waiting);
  // On a phone the charts come first.
  const [isOpen, setIsOpen] = useState(() => window.matchMedia('(min-width: 48rem)').matches);
  const fields = useMemo(() => liveFields(config), [config]);

  const set = (field: LiveField, value: number) => {
    const taken = Math.min(field.max, Math.max(field.min, value));
    train.change({ [field.name]: taken });
    // Only where the settings have that place: they may be those of another rule by now.
    if (liveFields(settings.getState().settings.config).some(({ path }) => path === field.path))
      settings.edit(field.path, taken);
  };
  return (
    <details className="sheet live" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="live-head">
        <h3>While it runs</h3>
        <span className="quiet">
          {waiting === null
            ? 'A change acts before the next stage and is marked in the charts.'
            : `Before the next stage: ${changeText(waiting)}.`}
        </span>
      </summary>
      <div className="live-fields">
        {fields.map((field) => {
          const help = helpFor(field.path);
          return (
            <Slider
              key={field.path}
              label={help.label}
              unit={help.unit}
              help={help.help}
              source={sourceText(help)}
              value={liveValue(config, field)}
              min={field.min}
              max={field.max}
              step={field.step}
              scale={field.scale}
              tone={field.tone}
              onChange={(value) => set(field, value)}
            />
          );
        })}
      </div>
      <NotApplied />
    </details>
  );
}

/** Edits of the settings that the run does not use. */
function NotApplied() {
  const { settings, shelf } = useLaboratory();
  const train = useTrain();
  const applied = useRunData((run) => run.config);
  const wanted = useSettings(({ config }) => config);
  const { live, restart } = useMemo(() => editsOf(wanted, applied), [wanted, applied]);
  if (live === null && restart.length === 0) return null;
  return (
    <div className="not-yet">
      {live !== null && (
        <p>
          Not applied yet: <Term text={changeText(live)} />. <Button onClick={() => train.change(live)}>Apply</Button>
        </p>
      )}
      {restart.length > 0 && (
        <p>
          Needs a new run: {restart.map(differenceText).join(', ')}.{' '}
          <Button
            onClick={() => {
              const { config } = settings.getState().settings;
              void train.start(config, shelf.startOf(config.task));
            }}
          >
            Start it
          </Button>
        </p>
      )}
    </div>
  );
}
