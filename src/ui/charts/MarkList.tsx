import { MARK_SIGNS, type Mark } from '../../lab/charts/marks.ts';
import { useShared, useSharedStore } from './view.ts';

/** The texts of the marks that the charts show as signs; each moves the cursor to its step. */
export function MarkList({ marks }: { marks: readonly Mark[] }) {
  const shared = useSharedStore();
  const cursorStep = useShared((view) => view.cursorStep);
  if (marks.length === 0)
    return <p className="mark-list quiet">Live changes, kept checkpoints and warnings are marked in every chart.</p>;
  return (
    <ol className="mark-list" aria-label="Marks in the charts">
      {marks.map(({ step, kind, text }) => (
        <li key={`${step} ${kind} ${text}`}>
          <button
            type="button"
            aria-pressed={cursorStep === step}
            title={text}
            onClick={() => shared.setState({ cursorStep: cursorStep === step ? null : step })}
          >
            {MARK_SIGNS[kind]} {step}: {text}
          </button>
        </li>
      ))}
    </ol>
  );
}
