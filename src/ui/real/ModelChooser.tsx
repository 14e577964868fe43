// Choosing a model: what it is, what it takes, and loading it.

import { useState } from 'react';
import type { PickedFile } from '../../lab/policies/calls.ts';
import type { StepPolicyRef } from '../../lab/step/policy.ts';
import { KNOWN_MODELS } from '../../llm/knownModels.ts';
import { Button } from '../kit/Button.tsx';
import { Tabs } from '../kit/Tabs.tsx';
import { useLaboratory, useSettings } from '../laboratoryContext.ts';
import { droppedFiles, pickFiles } from '../policies/pick.ts';
import { StepPolicy } from '../step/StepPolicy.tsx';
import { CachedModels } from './CachedModels.tsx';
import { LoadPanel } from './LoadPanel.tsx';
import { useModel, useReal } from './realContext.ts';

type Way = 'known' | 'hub' | 'folder' | 'policy';

export function ModelChooser() {
  const [way, setWay] = useState<Way>('known');
  return (
    <>
      <section className="sheet real-choose" aria-label="Choose a model">
        <header>
          <h2>Choose a language model</h2>
          <p className="quiet real-lead">
            It runs in this browser. Only a model from the hub asks the network for anything, and only the hub.
          </p>
        </header>
        <Tabs<Way>
          label="Where the model comes from"
          value={way}
          onChange={setWay}
          tabs={[
            { value: 'known', label: 'Suggested', content: <Known /> },
            { value: 'hub', label: 'Any on the hub', content: <HubName /> },
            { value: 'folder', label: 'Folder on disk', content: <Folder /> },
            { value: 'policy', label: 'Trained here', content: <Trained /> },
          ]}
        />
        <LoadPanel />
      </section>
      <CachedModels />
    </>
  );
}

function Known() {
  const { model } = useReal();
  const choice = useModel((state) => state.choice);
  return (
    <ul className="real-known">
      {KNOWN_MODELS.map(({ repository, name, parameters, about }) => (
        <li key={repository}>
          <button
            type="button"
            className="real-model"
            aria-pressed={choice?.kind === 'hub' && choice.repository === repository}
            onClick={() => void model.choose({ kind: 'hub', repository })}
          >
            <b>{name}</b>
            <span className="figures">{Math.round(parameters / 1e6).toLocaleString('en')} M parameters</span>
            <span className="quiet">{about}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function HubName() {
  const { model } = useReal();
  const [name, setName] = useState('');
  const look = () => {
    if (name.trim() !== '') void model.choose({ kind: 'hub', repository: name.trim() });
  };
  return (
    <form
      className="real-line"
      onSubmit={(event) => {
        event.preventDefault();
        look();
      }}
    >
      <label htmlFor="real-repository">repository</label>
      <input
        id="real-repository"
        className="real-text"
        value={name}
        placeholder="onnx-community/Qwen2.5-0.5B-Instruct"
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => setName(target.value)}
      />
      <Button look="primary" onClick={look} disabled={name.trim() === ''}>
        Look it up
      </Button>
      <p className="quiet">
        A decoder-only language model with an onnx folder, public on huggingface.co. Names there often begin with
        onnx-community.
      </p>
    </form>
  );
}

function Folder() {
  const { model } = useReal();
  const [isOver, setOver] = useState(false);
  const open = (files: readonly PickedFile[]) => {
    if (files.length === 0) return;
    const [folder] = files[0]!.path.split('/');
    void model.choose({
      kind: 'files',
      name: folder!,
      files: files.map(({ path, file }) => ({ path, content: file })),
    });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping a folder is what the button does too
    <div
      className="real-drop"
      data-over={isOver ? '' : undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void droppedFiles(event.dataTransfer).then(open);
      }}
    >
      <Button look="primary" icon="upload" onClick={() => void pickFiles('folder').then(open)}>
        Choose a folder
      </Button>
      <p className="quiet">
        Or drop it here: config.json, tokenizer.json and onnx/model.onnx (or another dtype of it). Nothing is sent
        anywhere.
      </p>
    </div>
  );
}

function Trained() {
  const { model } = useReal();
  const { train } = useLaboratory();
  const task = useSettings(({ config }) => config.task);
  const [policy, setPolicy] = useState<StepPolicyRef>(() =>
    train.getState().run?.config.task === task ? { kind: 'live' } : { kind: 'base', task },
  );
  const shown: StepPolicyRef = policy.kind === 'base' ? { kind: 'base', task } : policy;
  return (
    <div className="real-line">
      <StepPolicy value={shown} onChange={setPolicy} />
      <Button
        look="primary"
        onClick={() => void model.choose({ kind: 'policy', policy: shown, task, name: `${task} policy` })}
      >
        Export it in memory
      </Button>
      <p className="quiet">
        The policy is written as an ONNX graph and read back by transformers.js: the same numbers by another program.
      </p>
    </div>
  );
}
