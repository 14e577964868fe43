// A policy as a model folder for other programs: which one, how it goes, and what loading it back showed.

import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { PolicyRef } from '../../lab/engine/policyRef.ts';
import type { PolicyChoices } from '../../lab/policies/calls.ts';
import { startOf } from '../../lab/policies/store.ts';
import { tasks } from '../../tasks/index.ts';
import { saveFile } from '../charts/save.ts';
import { Button } from '../kit/Button.tsx';
import { Dialog } from '../kit/Dialog.tsx';
import { Notice } from '../kit/Notice.tsx';
import { Progress } from '../kit/Progress.tsx';
import { Select } from '../kit/Select.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { dialogs } from './dialogs.ts';
import { PolicyChooser } from './PolicyChooser.tsx';
import './policies.css';

/** Null: it is not listed, or not any more. */
function taskOf(policy: PolicyRef, { own, runs }: PolicyChoices): string | null {
  switch (policy.kind) {
    case 'base':
      return policy.task;
    case 'own':
      return own.find(({ id }) => id === policy.id)?.task ?? null;
    case 'checkpoint':
      return runs.find(({ run }) => run === policy.run)?.task ?? null;
  }
}

export default function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const { shelf, settings } = useLaboratory();
  const { busy, said, failure, choices } = useStore(shelf);
  const [policy, setPolicy] = useState<PolicyRef>(
    () => dialogs.getState().exported ?? startOf(shelf.getState(), settings.getState().settings.config.task),
  );
  useEffect(() => shelf.dismiss(), [shelf]);
  const task = taskOf(policy, choices) ?? settings.getState().settings.config.task;
  const exportIt = async () => {
    const exported = await shelf.exportModel(policy);
    if (exported !== null) saveFile(exported.name, exported.file);
  };
  return (
    <Dialog
      title="Export for transformers.js (ONNX)"
      isOpen
      onClose={onClose}
      footer={
        <Button look="primary" icon="download" disabled={busy !== null} onClick={() => void exportIt()}>
          Export
        </Button>
      }
    >
      <div className="policy-export">
        <p>
          A zip file with a Hugging Face folder: <code>model.safetensors</code> for transformers and PyTorch,{' '}
          <code>onnx/model.onnx</code> for transformers.js, the config and the tokenizer.
        </p>
        <Select
          label="Task"
          value={task}
          choices={tasks.map(({ name, title }) => ({ value: name, label: title }))}
          disabled={busy !== null}
          onChange={(chosen) => setPolicy(startOf(shelf.getState(), chosen))}
        />
        <PolicyChooser label="Policy" task={task} value={policy} onChange={setPolicy} disabled={busy !== null} />
        <p className="quiet">
          Before there is a file, transformers.js loads it here, and its logits are compared with those of the policy in
          64-bit arithmetic; if they differ by more than 0.0001, there is none. For this, transformers.js and ONNX
          Runtime are fetched from the page’s own address: 28 MB.
        </p>
        {busy !== null && <Progress label={busy.what} share={busy.share} onCancel={shelf.cancel} />}
        {said !== null && <Notice onDismiss={shelf.dismiss}>{said}</Notice>}
        {failure !== null && (
          <Notice tone="problem" onDismiss={shelf.dismiss}>
            {failure}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}
