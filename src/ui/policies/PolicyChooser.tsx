import { useEffect, useId } from 'react';
import { useStore } from 'zustand';
import { type PolicyRef, samePolicy } from '../../lab/engine/policyRef.ts';
import type { StoredCheckpoint } from '../../lab/storage/stored.ts';
import { IconButton } from '../kit/Button.tsx';
import { Icon } from '../kit/Icon.tsx';
import { Menu } from '../kit/Menu.tsx';
import { useLaboratory } from '../laboratoryContext.ts';
import { dialogs, openDialog, openExport } from './dialogs.ts';
import './policies.css';
import { pickFiles } from './pick.ts';

/** A policy that is not stored, such as the one that is being trained. */
export interface ExtraPolicy<E> {
  readonly ref: E;
  readonly label: string;
}

const keyOf = (policy: object) => JSON.stringify(policy);
const isStored = (policy: PolicyRef | { readonly kind: string }): policy is PolicyRef =>
  ['base', 'own', 'checkpoint'].includes(policy.kind);

const checkpointText = ({ step, label }: StoredCheckpoint) =>
  `step ${step}${label === null ? '' : `: ${label}`}${step === 0 ? ' (start)' : ''}`;

/**
 * A list of the policies that can do a task: the base that comes with the page, the reader's own, and checkpoints of
 * stored runs; and beside it how to make, open or export one.
 */
export function PolicyChooser<E extends { readonly kind: string } = never>({
  label,
  task,
  value,
  onChange,
  extras = [],
  disabled = false,
  isLabelSeen = true,
}: {
  readonly label: string;
  readonly task: string;
  readonly value: PolicyRef | NoInfer<E>;
  readonly onChange: (policy: PolicyRef | NoInfer<E>) => void;
  readonly extras?: readonly ExtraPolicy<E>[];
  readonly disabled?: boolean;
  readonly isLabelSeen?: boolean;
}) {
  const { shelf } = useLaboratory();
  const { own, runs } = useStore(shelf, ({ choices }) => choices);
  const isExporting = useStore(dialogs, ({ open }) => open === 'export');
  const id = useId();
  useEffect(() => void shelf.refresh(), [shelf]);

  const base: PolicyRef = { kind: 'base', task };
  const ofTask = own.filter((policy) => policy.task === task);
  const runsOfTask = runs.filter((run) => run.task === task && run.checkpoints.length > 0);
  const options: (PolicyRef | E)[] = [
    ...extras.map(({ ref }) => ref),
    base,
    ...ofTask.map((policy) => ({ kind: 'own', id: policy.id }) as const),
    ...runsOfTask.flatMap(({ run, checkpoints }) =>
      checkpoints.map(({ step }) => ({ kind: 'checkpoint', run, step }) as const),
    ),
  ];
  const isSame = (option: PolicyRef | E) =>
    isStored(option) && isStored(value) ? samePolicy(option, value) : option.kind === value.kind;
  const current = options.find(isSame);
  const open = async (what: 'files' | 'folder') => {
    const files = await pickFiles(what);
    if (files.length === 0) return;
    const opened = await shelf.open(files, task);
    if (opened?.kind === 'policy' && opened.policy.task === task) onChange({ kind: 'own', id: opened.policy.id });
    // What came of it, if it is not this policy, is said where everything is listed.
    else openDialog('storage');
  };

  return (
    <div className="policy-chooser">
      <label htmlFor={id} className={isLabelSeen ? 'policy-chooser-label' : 'unseen'}>
        {label}
      </label>
      <span className="select">
        <select
          id={id}
          disabled={disabled}
          value={current === undefined ? '' : keyOf(current)}
          onFocus={() => void shelf.refresh()}
          onChange={({ target }) => {
            const chosen = options.find((option) => keyOf(option) === target.value);
            if (chosen !== undefined) onChange(chosen);
          }}
        >
          {current === undefined && <option value="">a policy that is not stored any more</option>}
          {extras.map(({ ref, label: text }) => (
            <option key={keyOf(ref)} value={keyOf(ref)}>
              {text}
            </option>
          ))}
          <option value={keyOf(base)}>base that comes with the page</option>
          {ofTask.length > 0 && (
            <optgroup label="Your own">
              {ofTask.map((policy) => (
                <option key={policy.id} value={keyOf({ kind: 'own', id: policy.id })}>
                  {policy.name}
                </option>
              ))}
            </optgroup>
          )}
          {runsOfTask.map(({ run, name, checkpoints }) => (
            <optgroup key={run} label={`Run ${name}`}>
              {checkpoints.map((checkpoint) => (
                <option key={checkpoint.step} value={keyOf({ kind: 'checkpoint', run, step: checkpoint.step })}>
                  {checkpointText(checkpoint)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        <Icon name="chevron" />
      </span>
      <Menu
        groups={[
          [{ id: 'pretrain', label: 'Pretrain a base …', isOff: disabled, run: () => openDialog('pretrain') }],
          [
            { id: 'files', label: 'Open a zip file or files …', isOff: disabled, run: () => void open('files') },
            { id: 'folder', label: 'Open a checkpoint folder …', isOff: disabled, run: () => void open('folder') },
          ],
          [
            {
              id: 'export',
              label: 'Export for transformers.js (ONNX) …',
              isOff: !isStored(value) || isExporting,
              run: () => isStored(value) && openExport(value),
            },
            { id: 'storage', label: 'What is stored …', run: () => openDialog('storage') },
          ],
        ]}
      >
        <IconButton icon="more" label={`${label}: make, open or export one`} />
      </Menu>
    </div>
  );
}
