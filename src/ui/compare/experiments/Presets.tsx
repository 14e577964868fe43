// The experiments that come with the page, one click each; each can be made smaller before it starts.

import { memo, useMemo, useState } from 'react';
import { type Experiment, ExperimentError, parseExperiment } from '../../../experiments/definition.ts';
import { EXPERIMENT_PRESET_NAMES, type ExperimentPresetName, experimentPreset } from '../../../experiments/presets.ts';
import { consequences, resized, type Size, sizeOf } from '../../../lab/experiments/shrink.ts';
import { differingFields, fieldText, sizeText } from '../../../lab/results/words.ts';
import { Button } from '../../kit/Button.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';
import { useOneByOne } from '../../train/oneByOne.ts';
import { draft } from './draftStore.ts';
import { Estimate } from './Estimate.tsx';
import { SizeFields } from './SizeFields.tsx';
import { useStart } from './useStart.ts';
import { experimentsView } from './viewStore.ts';

const known = new Map<ExperimentPresetName, Experiment>();

/** Parsing one takes some milliseconds: only those that are in sight are. */
function presetOf(name: ExperimentPresetName): Experiment {
  const experiment = known.get(name) ?? experimentPreset(name);
  known.set(name, experiment);
  return experiment;
}

export function Presets() {
  const come = useOneByOne(EXPERIMENT_PRESET_NAMES.length);
  return (
    <>
      <h2 className="unseen">Presets</h2>
      <ul className="compare-presets">
        {EXPERIMENT_PRESET_NAMES.slice(0, come).map((name, i) => (
          <Preset key={name} name={name} number={i + 1} />
        ))}
      </ul>
    </>
  );
}

const Preset = memo(function Preset({
  name,
  number,
}: {
  readonly name: ExperimentPresetName;
  readonly number: number;
}) {
  const { experiments } = useLaboratory();
  const preset = presetOf(name);
  const [size, setSize] = useState<Size | null>(null);
  const { definition, refusal } = useMemo(() => checked(preset, size), [preset, size]);
  const start = useStart();
  const said = size === null ? [] : consequences(preset, size);
  const { question, look } = preset;
  return (
    <li className="sheet preset" aria-label={preset.name}>
      <h3>
        <span className="quiet">{number}</span> {preset.name}
      </h3>
      <p>{question}</p>
      <ArmsInWords experiment={preset} />
      <p className="quiet">What to look at: {look}</p>
      <p className="figures">{definition === null ? '' : `${sizeText(definition)}.`}</p>
      <Estimate definition={definition} />
      {size !== null && (
        <>
          <SizeFields size={size} onChange={setSize} />
          {refusal !== null && (
            <p className="refusal" role="alert">
              {refusal}
            </p>
          )}
          {said.length > 0 && (
            <ul className="consequences">
              {said.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
        </>
      )}
      <div className="preset-actions">
        <Button
          look="primary"
          icon="play"
          disabled={definition === null || start.isBusy}
          onClick={() => void start.run(experiments, definition)}
        >
          {size === null ? 'Start' : 'Start at this size'}
        </Button>
        {size === null ? (
          <Button onClick={() => setSize(sizeOf(preset))}>Change its size …</Button>
        ) : (
          <Button look="quiet" icon="reset" onClick={() => setSize(null)}>
            As it comes
          </Button>
        )}
        <Button
          look="quiet"
          disabled={definition === null}
          onClick={() => {
            draft({ text: `${JSON.stringify(definition, null, 2)}\n` });
            experimentsView.setState({ page: 'own' });
          }}
        >
          Edit as JSON …
        </Button>
      </div>
    </li>
  );
});

interface Checked {
  readonly definition: Experiment | null;
  readonly refusal: string | null;
}

function checked(preset: Experiment, size: Size | null): Checked {
  if (size === null) return { definition: preset, refusal: null };
  try {
    return { definition: parseExperiment(resized(preset, size)), refusal: null };
  } catch (cause) {
    if (cause instanceof ExperimentError) return { definition: null, refusal: cause.message };
    throw cause;
  }
}

/** Each arm with what makes it another than the baseline. */
function ArmsInWords({ experiment }: { readonly experiment: Experiment }) {
  const { arms, fields } = useMemo(() => differingFields(experiment), [experiment]);
  const baseline = arms.indexOf(experiment.baseline);
  return (
    <ul className="arms-in-words">
      {arms.map((arm, i) => {
        const own = fields.filter(({ values }) => i !== baseline && !isEqual(values[i], values[baseline]));
        const text = own.map(({ field, values }) => fieldText(field, values[i])).join(', ');
        return (
          <li key={arm}>
            <strong>{arm}</strong>
            {i === baseline ? ', the baseline' : text !== '' && `: ${text}`}
          </li>
        );
      })}
      {experiment.sweep.map(({ field, values }) => (
        <li key={field}>
          {fieldText(field, '')} over{' '}
          {values.map((value) => (typeof value === 'object' ? value.label : String(value))).join(', ')}
        </li>
      ))}
    </ul>
  );
}

const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
