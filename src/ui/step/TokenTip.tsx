import { tokenText } from '../../lab/step/facts.ts';
import { useShown } from './roomContext.ts';
import { TokenFacts } from './TokenFacts.tsx';

export interface TipPlace {
  readonly row: number;
  readonly index: number;
  /** Of the token, in the window. */
  readonly box: DOMRect;
}

const WIDTH = 248;

/** Every number of the token that is pointed at. */
export function TokenTip({ tip: { row, index, box } }: { readonly tip: TipPlace }) {
  const { group, branch } = useShown();
  const strip = branch.strips[row]!;
  const left = Math.max(8, Math.min(window.innerWidth - WIDTH - 8, box.left + box.width / 2 - WIDTH / 2));
  const isAbove = box.top > window.innerHeight / 2;
  const style = isAbove
    ? { left, width: WIDTH, bottom: window.innerHeight - box.top + 6 }
    : { left, width: WIDTH, top: box.bottom + 6 };
  return (
    <div className="bubble step-tip" style={style} role="tooltip">
      <p>
        <code className="step-tip-glyph">{tokenText(group.view, strip.rollout.ids[index]!)}</code> rollout {row + 1},
        token {index + 1}
      </p>
      <TokenFacts strip={strip} row={row} index={index} />
    </div>
  );
}
