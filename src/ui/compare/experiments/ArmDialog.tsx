import { useState } from 'react';
import { useStore } from 'zustand';
import { armConfig, armSet, type DraftArm } from '../../../lab/experiments/draft.ts';
import { createSettingsStore } from '../../../lab/settings/store.ts';
import { ControlPanel } from '../../controls/ControlPanel.tsx';
import { Button } from '../../kit/Button.tsx';
import { Dialog } from '../../kit/Dialog.tsx';
import { Notice } from '../../kit/Notice.tsx';
import { SettingsContext, useLaboratory } from '../../laboratoryContext.ts';

/** All controls of a config, for one arm: what is set here is what differs from the base. */
export function ArmDialog({
  arm,
  onDone,
  onClose,
}: {
  readonly arm: DraftArm;
  readonly onDone: (set: DraftArm['set']) => void;
  readonly onClose: () => void;
}) {
  const { settings } = useLaboratory();
  const [base] = useState(() => settings.getState().settings.config);
  const [scope] = useState(() =>
    createSettingsStore(undefined, {
      ...settings.getState().settings,
      config: configOf(base, arm),
      against: base,
    }),
  );
  const refusal = useStore(scope, (state) => state.refusal);
  return (
    <Dialog
      title={`What differs in ${arm.name}`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" onClick={() => onDone(armSet(base, scope.getState().settings.config))}>
            Take it
          </Button>
        </>
      }
    >
      <p className="quiet">Marks and ways back are against the base: the settings of the page.</p>
      {refusal !== null && (
        <Notice tone="problem" onDismiss={scope.dismiss}>
          {refusal}
        </Notice>
      )}
      <SettingsContext value={scope}>
        <div className="arm-controls">
          <ControlPanel />
        </div>
      </SettingsContext>
    </Dialog>
  );
}

/** An arm that the base no longer fits starts from the base again. */
function configOf(base: Parameters<typeof armConfig>[0], arm: DraftArm) {
  try {
    return armConfig(base, arm.set);
  } catch {
    return base;
  }
}
