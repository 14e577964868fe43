import { useStore } from 'zustand';
import { useLaboratory } from '../laboratoryContext.ts';

const BACKEND_WORDS = { webgpu: 'WebGPU', cpu: 'CPU', reference: 'float64 oracle' } as const;
const PHASE_WORDS = { opening: 'Opening the engine …', lost: 'No engine', open: '' } as const;

/** What computes, by name. On the CPU it opens the reason why. */
export function EngineBadge({ onAdvice }: { onAdvice: () => void }) {
  const { phase, engine } = useStore(useLaboratory().engine);
  const isOpen = phase === 'open' && engine !== null;
  return (
    // Its place stays the same; what stands in it is another element in each phase, so that nothing counts as moved.
    <div className="engine" role="status" data-phase={phase} data-backend={engine?.backend}>
      {isOpen ? (
        <p key={engine.backend}>
          <span className="badge">{BACKEND_WORDS[engine.backend]}</span>
          <span className="adapter" data-testid="adapter" title={engine.adapter}>
            {engine.adapter}
          </span>
          {engine.notice !== null && (
            <button type="button" className="why" onClick={onAdvice}>
              Why?
            </button>
          )}
        </p>
      ) : (
        <p key={phase}>
          <span className="badge">{PHASE_WORDS[phase]}</span>
        </p>
      )}
    </div>
  );
}
