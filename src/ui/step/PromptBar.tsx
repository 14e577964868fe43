import { type FormEvent, useState } from 'react';
import { Button, IconButton } from '../kit/Button.tsx';
import { useSettings } from '../laboratoryContext.ts';
import { GridMap } from './GridMap.tsx';
import { RecordBar } from './RecordBar.tsx';
import { RecordMenu } from './RecordMenu.tsx';
import { useRoom, useShown, useStep } from './roomContext.ts';
import { StepPolicy } from './StepPolicy.tsx';

/** What is asked: a held-out problem of the task, or the reader's own text. */
export function PromptBar() {
  const room = useRoom();
  const { group } = useShown();
  const own = useSettings((settings) => settings.prompt);
  const problem = useSettings((settings) => settings.problem);
  const noise = useStep((state) => state.noise);
  const policy = useStep((state) => state.policy);
  const [draft, setDraft] = useState<string | null>(null);
  const { task, title, problem: posed } = group.posed;
  const where =
    group.recorded !== null ? 'a rollout record' : own === null ? `held-out problem ${problem + 1}` : 'your own prompt';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft === null) return;
    room.pose(draft);
    if (room.getState().refusal === null) setDraft(null);
  };
  return (
    <div className="step-prompt">
      <div className="step-prompt-line">
        <h2>{title}</h2>
        <span className="quiet">{where}</span>
        <span className="step-prompt-buttons">
          <IconButton
            icon="minus"
            label="Previous problem"
            disabled={own === null && problem === 0}
            onClick={() => room.pose(null, Math.max(0, own === null ? problem - 1 : problem))}
          />
          <IconButton
            icon="plus"
            label="Next problem"
            onClick={() => room.pose(null, own === null ? problem + 1 : problem)}
          />
          <Button
            look="quiet"
            onClick={() => setDraft(draft === null ? posed.prompt : null)}
            aria-expanded={draft !== null}
          >
            Own prompt
          </Button>
          <Button
            look="quiet"
            icon="reset"
            onClick={room.freshNoise}
            title="The same prompt, other noise (N); a link keeps the seed, not this"
          >
            Fresh noise{noise > 0 ? ` · ${noise}` : ''}
          </Button>
          <RecordMenu />
        </span>
      </div>
      <StepPolicy value={policy} onChange={room.choosePolicy} />
      {task !== null && <p className="quiet step-summary">{task.summary}</p>}
      <RecordBar />
      {draft !== null && (
        <form className="step-own" onSubmit={submit}>
          <input
            className="step-own-text"
            aria-label="Prompt"
            value={draft}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => event.key === 'Escape' && setDraft(null)}
          />
          <Button look="primary" onClick={submit}>
            Roll out
          </Button>
          {task !== null && (
            <p className="quiet step-own-help">
              It must state a problem of the task, such as <code>{task.worked.prompt}</code>
            </p>
          )}
        </form>
      )}
      <div className="step-prompt-text">
        <span className="unseen">Prompt: </span>
        <code>{posed.prompt.replaceAll(' ', '␣')}</code>
        <GridMap />
      </div>
    </div>
  );
}
