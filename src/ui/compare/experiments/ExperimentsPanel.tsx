// The experiments that come with the page: the question of each, and what is compared.

import { cellsOf, placesOf } from '../../../experiments/definition.ts';
import { EXPERIMENT_PRESET_NAMES, experimentPreset } from '../../../experiments/presets.ts';

const PRESETS = EXPERIMENT_PRESET_NAMES.map((id) => ({ id, experiment: experimentPreset(id) }));

export default function ExperimentsPanel() {
  return (
    <ul className="compare-presets">
      {PRESETS.map(({ id, experiment }) => {
        const { name, question, look, arms, seeds, steps } = experiment;
        const places = placesOf(experiment).length;
        return (
          <li key={id} className="sheet">
            <h2>{name}</h2>
            <p>{question}</p>
            <p className="quiet">Arms: {arms.map((arm) => arm.name).join(', ')}.</p>
            <p className="quiet figures">
              {cellsOf(experiment).length} runs: {arms.length} arm{arms.length === 1 ? '' : 's'}
              {places > 1 && ` × ${places} places of the sweep`} × {seeds.length} seeds;{' '}
              {steps === 0 ? 'no training' : `${steps} training steps each`}.
            </p>
            <p className="quiet">What to look at: {look}</p>
          </li>
        );
      })}
    </ul>
  );
}
