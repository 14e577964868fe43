// What the model is asked, and rolling it out.

import { FIRST_DRAFT } from '../../lab/real/prompt.ts';
import { MOST_ROLLOUTS } from '../../lab/step/drawing.ts';
import { tokenText } from '../../lab/step/facts.ts';
import { recordFile } from '../../lab/step/files.ts';
import type { ShownGroup } from '../../lab/step/group.ts';
import { saveFile } from '../charts/save.ts';
import { Button, IconButton } from '../kit/Button.tsx';
import { NumberField } from '../kit/NumberField.tsx';
import { BareSegmented } from '../kit/Segmented.tsx';
import { useSettings } from '../laboratoryContext.ts';
import { ProblemChooser } from './ProblemChooser.tsx';
import { useModel, useReal, useRealState } from './realContext.ts';

export function PromptForm() {
  const room = useReal();
  const draft = useRealState((state) => state.draft);
  const noise = useRealState((state) => state.noise);
  const group = useRealState((state) => state.group);
  const isBusy = useRealState((state) => state.isBusy);
  const maxNewTokens = useRealState((state) => state.maxNewTokens);
  const hasTemplate = useModel((state) => state.model?.hasChatTemplate === true);
  const isOwn = useModel((state) => state.choice?.kind === 'policy');
  const rollouts = useSettings(({ config }) => Math.min(config.group, MOST_ROLLOUTS));
  const kinds = [
    ...(isOwn ? [{ value: 'task', label: 'Problem of the task' } as const] : []),
    { value: 'chat', label: 'Chat', disabled: !hasTemplate } as const,
    { value: 'text', label: 'Plain text' } as const,
  ];
  const save = () => saveFile('rollouts-real-model.jsonl', recordFile(room.records()), 'application/jsonl');
  return (
    <form
      className="real-form"
      onSubmit={(event) => {
        event.preventDefault();
        void room.roll();
      }}
    >
      <div className="real-line">
        <BareSegmented
          label="Kind of prompt"
          value={draft.kind}
          choices={kinds}
          onChange={(kind) => room.edit({ kind })}
        />
        {!hasTemplate && !isOwn && (
          <span className="quiet">This model has no chat template: it goes on from plain text.</span>
        )}
      </div>
      {draft.kind === 'chat' && (
        <>
          <label className="real-area">
            <span>system prompt</span>
            <textarea
              rows={1}
              value={draft.system}
              spellCheck={false}
              onChange={({ target }) => room.edit({ system: target.value })}
            />
          </label>
          <label className="real-area">
            <span>question</span>
            <textarea
              rows={3}
              value={draft.user}
              spellCheck={false}
              onChange={({ target }) => room.edit({ user: target.value })}
            />
          </label>
          <ProblemChooser />
        </>
      )}
      {draft.kind === 'text' && (
        <label className="real-area">
          <span>text to go on from</span>
          <textarea
            rows={3}
            value={draft.text}
            spellCheck={false}
            onChange={({ target }) => room.edit({ text: target.value })}
          />
        </label>
      )}
      {draft.kind === 'task' && (
        <div className="real-line">
          <span>held-out problem {draft.problem + 1}</span>
          <IconButton
            icon="minus"
            label="Previous problem"
            disabled={draft.problem === FIRST_DRAFT.problem}
            onClick={() => room.edit({ problem: draft.problem - 1 })}
          />
          <IconButton icon="plus" label="Next problem" onClick={() => room.edit({ problem: draft.problem + 1 })} />
        </div>
      )}
      <div className="real-line">
        <Button look="primary" type="submit" disabled={isBusy}>
          Roll out {rollouts}
        </Button>
        <Button look="quiet" icon="reset" disabled={group === null} onClick={() => void room.freshNoise()} title="N">
          Fresh noise{noise > 0 ? ` · ${noise}` : ''}
        </Button>
        <span className="labelled-number">
          <label htmlFor="real-longest">longest, tokens</label>
          <NumberField
            id="real-longest"
            label="Longest completion in tokens"
            value={maxNewTokens}
            step={16}
            onChange={room.setMaxNewTokens}
          />
        </span>
        <Button look="quiet" icon="download" disabled={group === null} onClick={save}>
          rollouts.jsonl
        </Button>
      </div>
      {group !== null && <PromptTokens group={group} />}
    </form>
  );
}

/** The prompt as the model reads it, token by token. */
function PromptTokens({ group: { posed, view } }: { readonly group: ShownGroup }) {
  return (
    <details className="real-read">
      <summary>
        The prompt as the model reads it: {posed.promptIds.length} {posed.promptIds.length === 1 ? 'token' : 'tokens'}
      </summary>
      <p>
        {Array.from(posed.promptIds, (id, at) => (
          // Tokens have no identity but their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <code key={at} title={`token ${id}`}>
            {tokenText(view, id)}
          </code>
        ))}
      </p>
    </details>
  );
}
