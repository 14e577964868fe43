// One experiment: what was asked, what was drawn, and what may be said; live while it runs.

import { useStore } from 'zustand';
import { durationText } from '../../../experiments/report/numbers.ts';
import { modelSizeText } from '../../../lab/real/experiments/draft.ts';
import type { ModelExperimentEntry, ModelExperimentFile } from '../../../lab/real/experiments/state.ts';
import { SharedViewProvider } from '../../charts/view.ts';
import { saveFile } from '../../charts/save.ts';
import { Button } from '../../kit/Button.tsx';
import { Menu } from '../../kit/Menu.tsx';
import { Notice } from '../../kit/Notice.tsx';
import { useReal } from '../realContext.ts';
import { DomainEntropies } from './DomainEntropies.tsx';
import { HowItGoes, Phase, StateButtons } from './ModelExperimentList.tsx';
import { PassCharts } from './PassCharts.tsx';
import { Questions } from './Questions.tsx';
import { Rates } from './Rates.tsx';
import { TokenTable } from './TokenTable.tsx';
import { passView } from './viewStore.ts';

const FILES: readonly { readonly what: ModelExperimentFile; readonly label: string }[] = [
  { what: 'tables', label: 'All tables as CSV, with the definition, in a zip file' },
  { what: 'rollouts', label: 'Every rollout, token by token: rollouts.jsonl' },
  { what: 'experiment', label: 'Definition and findings as JSON' },
];

export function LookedExperiment({ entry }: { readonly entry: ModelExperimentEntry }) {
  const { experiments } = useReal();
  const findings = useStore(experiments, (state) => state.findings);
  const { id, experiment } = entry;
  const save = async (what: ModelExperimentFile) => {
    const saved = await experiments.save(id, what);
    if (saved !== null) saveFile(saved.name, saved.file);
  };
  return (
    <article className="looked" aria-label={experiment.name}>
      <header className="looked-head">
        <Button look="quiet" icon="back" onClick={() => void experiments.look(null)}>
          All experiments
        </Button>
        <h2>{experiment.name}</h2>
        <Phase entry={entry} />
        <span className="looked-actions">
          <StateButtons entry={entry} />
          <Menu groups={[FILES.map(({ what, label }) => ({ id: what, label, run: () => void save(what) }))]}>
            <Button icon="download" disabled={entry.done === 0}>
              Save
            </Button>
          </Menu>
        </span>
      </header>
      <p className="quiet figures">
        {experiment.model.name} in {experiment.model.dtype} · {modelSizeText(experiment)} · seed {experiment.seed}
        {findings !== null && findings.done > 0 && (
          <>
            {' '}
            · {durationText(findings.seconds)} on {findings.adapters.join(' and ')}
          </>
        )}
      </p>
      <HowItGoes entry={entry} />
      {findings !== null && findings.adapters.length > 1 && (
        <Notice>
          These cells were drawn on different machines, whose floats differ: a token may differ where two nearly tie.
        </Notice>
      )}
      {findings === null || (findings.done === 0 && entry.done > 0) ? (
        <p className="room-coming">Reading what was drawn …</p>
      ) : findings.done === 0 ? (
        <p className="quiet">Nothing is drawn yet: results are shown from the first cell on.</p>
      ) : (
        <div className="results">
          <section className="sheet verdict" aria-label="What may be said">
            <h3>What may be said</h3>
            <ul>
              {findings.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </section>
          <Rates findings={findings} />
          <SharedViewProvider value={passView}>
            <PassCharts findings={findings} name={experiment.name} />
          </SharedViewProvider>
          <DomainEntropies findings={findings} />
          <TokenTable findings={findings} />
          <Questions id={id} findings={findings} />
        </div>
      )}
    </article>
  );
}
