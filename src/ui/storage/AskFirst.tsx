import { useEffect, useRef } from 'react';
import { Button } from '../kit/Button.tsx';

/** Asks before something is deleted, where it stands; the way out has the focus. */
export function AskFirst({
  question,
  yes,
  onYes,
  onNo,
}: {
  readonly question: string;
  readonly yes: string;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  const no = useRef<HTMLButtonElement>(null);
  useEffect(() => no.current?.focus(), []);
  return (
    <div className="stored-ask" role="alertdialog" aria-label={question}>
      <p>{question}</p>
      <span className="stored-buttons">
        <Button ref={no} onClick={onNo}>
          Keep it
        </Button>
        <Button look="primary" onClick={onYes}>
          {yes}
        </Button>
      </span>
    </div>
  );
}
