// What the page has to say, over the room, so that nothing moves: an edit or a link that was not taken, the engine's
// state, and why there is no WebGPU.

import { useState } from 'react';
import { useStore } from 'zustand';
import { adviceFor } from '../../lab/webgpuAdvice.ts';
import { Button } from '../kit/Button.tsx';
import { Dialog } from '../kit/Dialog.tsx';
import { Notice } from '../kit/Notice.tsx';
import { useLaboratory } from '../laboratoryContext.ts';

export function Messages({
  copied,
  onCopiedSeen,
  isAdviceOpen,
  onAdvice,
}: {
  readonly copied: string | null;
  readonly onCopiedSeen: () => void;
  readonly isAdviceOpen: boolean;
  readonly onAdvice: (isOpen: boolean) => void;
}) {
  const laboratory = useLaboratory();
  const { phase, engine, notice } = useStore(laboratory.engine);
  const refusal = useStore(laboratory.settings, (state) => state.refusal);
  // Notices that the reader has seen, by their text.
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const see = (text: string) => setSeen((before) => new Set(before).add(text));
  const isNew = (text: string | null): text is string => text !== null && !seen.has(text);
  const cpuNotice = engine?.notice ?? null;

  return (
    <>
      <div className="messages">
        {copied !== null && <Notice onDismiss={onCopiedSeen}>{copied}</Notice>}
        {refusal !== null && (
          <Notice tone="problem" onDismiss={laboratory.settings.dismiss}>
            {refusal} Everything stays as it was.
          </Notice>
        )}
        {phase === 'lost' && (
          <Notice
            tone="problem"
            action={
              <Button look="primary" onClick={() => void laboratory.start()}>
                Start again
              </Button>
            }
          >
            {notice ?? 'The engine stopped.'}
          </Notice>
        )}
        {phase !== 'lost' && isNew(notice) && (
          <Notice tone="problem" onDismiss={() => see(notice)}>
            {notice}
            {phase === 'opening' && ' It is being opened again …'}
          </Notice>
        )}
        {phase === 'open' && isNew(cpuNotice) && (
          <Notice
            tone="problem"
            onDismiss={() => see(cpuNotice)}
            action={<Button onClick={() => onAdvice(true)}>What to do</Button>}
          >
            {cpuNotice} The CPU engine takes its place: slower, and the same in everything else.
          </Notice>
        )}
      </div>
      <Advice why={cpuNotice} isOpen={isAdviceOpen} onClose={() => onAdvice(false)} />
    </>
  );
}

function Advice({ why, isOpen, onClose }: { why: string | null; isOpen: boolean; onClose: () => void }) {
  const { browser, steps } = adviceFor({
    userAgent: navigator.userAgent,
    maxTouchPoints: navigator.maxTouchPoints,
    isSecure: window.isSecureContext,
  });
  return (
    <Dialog
      title="Without WebGPU"
      isOpen={isOpen}
      onClose={onClose}
      size="small"
      footer={
        <Button look="primary" onClick={onClose}>
          Go on with the CPU
        </Button>
      }
    >
      {why !== null && <p>{why}</p>}
      <p>Everything works on the CPU too, only slower. What may help in {browser}:</p>
      <ol className="advice">
        {steps.map((step) => (
          <li key={step}>
            <Step text={step} />
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

/** Flags and addresses of settings, which are to be copied, are set apart. */
function Step({ text }: { text: string }) {
  return text.split(/(--[\w=,-]+|[\w.]+:\/\/[\w/#-]*)/).map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence keep their places.
    i % 2 === 0 ? part : <code key={i}>{part}</code>,
  );
}
