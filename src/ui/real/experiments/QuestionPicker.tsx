// Which questions an experiment asks, and how they are put to the model.

import { domainsOf, type ModelDraft } from '../../../lab/real/experiments/draft.ts';
import { useStore } from 'zustand';
import { taskByName } from '../../../tasks/index.ts';
import { SizeField } from '../../compare/experiments/SizeField.tsx';
import { BareSegmented } from '../../kit/Segmented.tsx';
import { useSettings } from '../../laboratoryContext.ts';
import { ProblemSource } from '../ProblemSource.tsx';
import { useModel, useReal } from '../realContext.ts';

interface Props {
  readonly draft: ModelDraft;
  readonly change: (to: Partial<ModelDraft>) => void;
}

export function QuestionPicker(props: Props) {
  const choice = useModel((state) => state.choice);
  return choice?.kind === 'policy' ? <HeldOut task={choice.task} {...props} /> : <Problems {...props} />;
}

function HeldOut({ task: name, draft, change }: Props & { readonly task: string }) {
  const config = useSettings((settings) => settings.config);
  const { title } = taskByName(name);
  return (
    <span className="model-held-out">
      <SizeField
        label={`held-out problems of ${title}`}
        value={draft.heldOut}
        onChange={(heldOut) => change({ heldOut })}
      />
      <span className="quiet">posed by seed {config.seed}</span>
    </span>
  );
}

function Problems({ draft, change }: Props) {
  const { problems: shelf } = useReal();
  const set = useStore(shelf, (state) => state.set);
  const hasTemplate = useModel((state) => state.model?.hasChatTemplate === true);
  const domains = set === null ? [] : domainsOf(set);
  const chosen = domains.filter((domain) => draft.domains?.includes(domain) ?? true);
  const toggle = (domain: string) => {
    const next = chosen.includes(domain) ? chosen.filter((one) => one !== domain) : [...chosen, domain];
    change({ domains: next.length === domains.length ? null : next });
  };
  const numberOf = (domain: string) => set?.problems.filter((problem) => problem.domain === domain).length ?? 0;
  return (
    <>
      <ProblemSource />
      {domains.length > 1 && (
        <fieldset className="model-domains">
          <legend className="unseen">Domains</legend>
          {domains.map((domain) => (
            <label key={domain}>
              <input type="checkbox" checked={chosen.includes(domain)} onChange={() => toggle(domain)} />
              {domain} <span className="quiet figures">{numberOf(domain)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <SizeField
        label="problems of each domain, the first ones"
        value={draft.each}
        onChange={(each) => change({ each })}
      />
      <BareSegmented
        label="How it is asked"
        value={draft.asChat && hasTemplate ? 'chat' : 'text'}
        choices={[
          { value: 'chat', label: 'As a chat', disabled: !hasTemplate },
          { value: 'text', label: 'As plain text' },
        ]}
        onChange={(how) => change({ asChat: how === 'chat' })}
      />
      {!hasTemplate && <p className="quiet">This model has no chat template: it goes on from plain text.</p>}
      <label className="real-area">
        <span>{draft.asChat && hasTemplate ? 'system prompt' : 'instruction before each problem'}</span>
        <textarea
          rows={1}
          value={draft.system}
          spellCheck={false}
          onChange={({ target }) => change({ system: target.value })}
        />
      </label>
    </>
  );
}
