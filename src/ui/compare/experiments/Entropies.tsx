import { useMemo, useState } from 'react';
import type { Results } from '../../../experiments/results.ts';
import { histogramPlaces, pointHistograms } from '../../../lab/results/entropies.ts';
import { count } from '../../../lab/results/words.ts';
import { RoleHistogram, RoleLegend } from '../../charts/RoleHistogram.tsx';
import { Icon } from '../../kit/Icon.tsx';
import { BareSelect } from '../../kit/Select.tsx';

/** How entropies are spread, by true role: bimodal? and do forks stand apart from knowledge? */
export function Entropies({ results }: { readonly results: Results }) {
  const { names, steps } = useMemo(() => histogramPlaces(results), [results]);
  const isUntrained = results.experiment.steps === 0;
  const [isOpen, setOpen] = useState(isUntrained);
  const [name, setName] = useState<string | null>(null);
  const [step, setStep] = useState<number | null>(null);
  const chosenName = name !== null && names.includes(name) ? name : (names[0] ?? '');
  const chosenStep = step !== null && steps.includes(step) ? step : (steps.at(-1) ?? 0);
  return (
    <details
      className="sheet result-details"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <h3>Entropy of tokens by true role</h3>
        <span className="quiet">{isUntrained ? 'before training' : `after ${count(chosenStep, 'step')}`}</span>
        <Icon name="chevron" />
      </summary>
      {isOpen && (
        <>
          <div className="result-choice">
            {names.length > 1 && (
              <BareSelect
                label="Evaluation"
                value={chosenName}
                choices={names.map((value) => ({ value, label: value }))}
                onChange={setName}
              />
            )}
            {steps.length > 1 && (
              <BareSelect
                label="After steps"
                value={String(chosenStep)}
                choices={steps.map((value) => ({ value: String(value), label: `after ${count(value, 'step')}` }))}
                onChange={(value) => setStep(Number(value))}
              />
            )}
          </div>
          <Histograms results={results} name={chosenName} step={chosenStep} />
        </>
      )}
    </details>
  );
}

function Histograms({
  results,
  name,
  step,
}: {
  readonly results: Results;
  readonly name: string;
  readonly step: number;
}) {
  const histograms = useMemo(() => pointHistograms(results, name, step), [results, name, step]);
  return (
    <>
      <p className="quiet">
        Tokens of all seeds together, their entropy at temperature 1. Heights are square roots. The separation is the
        share of the variance that the best split in two explains: about 0.64 for one bell, 1 for two points.
      </p>
      <ul className="result-histograms">
        {histograms.map(({ point, seeds, histogram }) => (
          <li key={point}>
            <h4>
              {point} <span className="quiet">{count(seeds, 'seed')}</span>
            </h4>
            <RoleHistogram histogram={histogram} title={point} />
          </li>
        ))}
      </ul>
      <RoleLegend />
    </>
  );
}
