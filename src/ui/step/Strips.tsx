// The group as strips of tokens: height is entropy, the tick is the threshold, hot and cold have a mark and a colour, and
// the line under a character is its true role.

import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from 'react';
import { isWhole, lengthOf, type Place, revealedOf } from '../../lab/step/branches.ts';
import { type ColourBy, type ColourScale, colourNumber, colourScale, paintOf } from '../../lab/step/colours.ts';
import { endWords, entropyScaleNats, isHotNow, rolloutFacts, tokenText } from '../../lab/step/facts.ts';
import type { ShownGroup } from '../../lab/step/group.ts';
import type { GroupScore } from '../../lab/step/groupScore.ts';
import { shiftOf } from '../../lab/step/ladderView.ts';
import type { Strip } from '../../lab/step/take.ts';
import { ColourChoice, paintStyle, ROLES } from './ColourChoice.tsx';
import { useShown, useTokenRoom, useTokens } from './roomContext.ts';
import { type TipPlace, TokenTip } from './TokenTip.tsx';
import { useScore } from './useScore.ts';

/** Of the numbers that stand before the strips, px. */
const HEAD_WIDTH = 36;

export function Strips() {
  const room = useTokenRoom();
  const { group, branch } = useShown();
  const place = useTokens((state) => state.place);
  const whatIfNats = useTokens((state) => state.whatIfNats);
  const [tip, setTip] = useState<TipPlace | null>(null);
  const fullNats = useMemo(() => entropyScaleNats(group, branch.strips), [group, branch.strips]);
  const { score } = useScore();
  const colourBy = useTokens((state) => state.colourBy);
  const scale = useMemo(
    () => colourScale(colourBy, branch.strips, branch.revealed, score),
    [colourBy, branch.strips, branch.revealed, score],
  );
  const columns = Math.max(...branch.strips.map((_, row) => lengthOf(branch, row)), 1);
  const hasRoles = branch.strips.some((strip) => rolloutFacts(group, strip).roles.some((role) => role !== null));

  // Large groups scroll in a box of their own, which follows the place without moving the page.
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const cell = document.getElementById(`step-${place.row}-${place.index}`)?.getBoundingClientRect();
    const view = box.current?.getBoundingClientRect();
    if (cell === undefined || view === undefined) return;
    const beyond = (from: number, to: number, low: number, high: number) =>
      Math.min(0, from - low) + Math.max(0, to - high);
    box.current?.scrollBy(
      beyond(cell.left, cell.right, view.left + HEAD_WIDTH, view.right),
      beyond(cell.top, cell.bottom, view.top, view.bottom),
    );
  }, [place]);

  const count = branch.revealed.reduce((sum, revealed) => sum + revealed, 0);

  const focus = ({ row, index }: Place) =>
    requestAnimationFrame(() => document.getElementById(`step-${row}-${index}`)?.focus());
  const go = (to: Place) => {
    room.look(to);
    focus(to);
  };
  const end = (row: number) => Math.max(0, revealedOf(branch, row) - (isWhole(branch, row) ? 1 : 0));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { row, index } = place;
    const rowTo = (to: number) => {
      if (to >= 0 && to < branch.strips.length) go({ row: to, index: Math.min(index, end(to)) });
    };
    switch (event.key) {
      case 'ArrowRight':
        if (index < end(row)) go({ row, index: index + 1 });
        else void room.next().then(() => focus(room.getState().place));
        break;
      case 'ArrowLeft':
        if (index > 0) go({ row, index: index - 1 });
        break;
      case 'ArrowUp':
        rowTo(row - 1);
        break;
      case 'ArrowDown':
        rowTo(row + 1);
        break;
      case 'Home':
        go({ row, index: 0 });
        break;
      case 'End':
        go({ row, index: end(row) });
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <>
      <div className="step-legend">
        <span className="hot">▲ hot</span>
        <span className="cold">▼ cold</span>
        <span>bar: entropy</span>
        <span>
          <i className="step-tick" /> threshold
        </span>
        {hasRoles &&
          ROLES.map((role) => (
            <span className="step-role" data-role={role} key={role}>
              {role}
            </span>
          ))}
        {/* One text: of two, the second would move when the number grows. */}
        <span className="figures step-count">{count === 1 ? '1 token' : `${count} tokens`}</span>
        <ColourChoice scale={scale} />
      </div>
      <div className="step-strips" ref={box}>
        {/* biome-ignore lint/a11y/useSemanticElements: cells are drawn as bars; a table would size them by its own rules */}
        <div
          role="grid"
          aria-label="Rollouts, a row each"
          aria-rowcount={branch.strips.length}
          aria-colcount={columns + 2}
          className="step-grid"
          tabIndex={-1}
          onKeyDown={onKeyDown}
          onPointerLeave={() => setTip(null)}
        >
          {branch.strips.map((strip, row) => (
            <StripRow
              // Rows have no identity but their place in the group.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              key={row}
              row={row}
              shift={shiftOf(group, branch, row)}
              at={place.row === row ? place.index : null}
              fullNats={fullNats}
              whatIfNats={whatIfNats}
              revealed={revealedOf(branch, row)}
              isDone={isWhole(branch, row)}
              strip={strip}
              posed={group.posed}
              view={group.view}
              forkIndex={branch.fork?.row === row ? branch.fork.index : null}
              colourBy={colourBy}
              scale={scale}
              score={score}
              look={room.look}
              point={setTip}
            />
          ))}
        </div>
      </div>
      {tip !== null && tip.index < revealedOf(branch, tip.row) && <TokenTip tip={tip} />}
    </>
  );
}

interface RowProps extends Pick<ShownGroup, 'posed' | 'view'> {
  readonly row: number;
  /** Of the ladder. */
  readonly shift: number;
  /** The index that is looked at, if it is in this row. */
  readonly at: number | null;
  readonly fullNats: number;
  readonly whatIfNats: number | null;
  readonly revealed: number;
  /** No token comes behind those that are revealed. */
  readonly isDone: boolean;
  readonly strip: Strip;
  readonly forkIndex: number | null;
  readonly colourBy: ColourBy;
  readonly scale: ColourScale | null;
  readonly score: GroupScore | null;
  readonly look: (place: Place) => void;
  readonly point: (tip: TipPlace) => void;
}

const StripRow = memo(function StripRow(props: RowProps) {
  const {
    row,
    shift,
    at,
    fullNats,
    whatIfNats,
    revealed,
    isDone,
    strip,
    posed,
    view,
    forkIndex,
    colourBy,
    scale,
    score,
    look,
    point,
  } = props;
  const { rollout } = strip;
  const facts = rolloutFacts({ posed, view }, strip);
  const { verdict } = facts;
  const isSolved = verdict?.outcome === 'ok';
  return (
    // biome-ignore lint/a11y/useSemanticElements: cells are drawn as bars; a table would size them by its own rules
    <div role="row" className="step-row" tabIndex={-1}>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <span role="rowheader" className="step-row-head" tabIndex={-1}>
        {row + 1}
        {shift !== 0 && (
          <small className="quiet">
            {shift > 0 ? '+' : '−'}
            {Math.abs(shift)}
          </small>
        )}
        <span className="step-row-verdict" data-ok={isSolved} aria-hidden="true">
          {isDone && verdict !== null ? (isSolved ? '✓' : '✗') : ''}
        </span>
      </span>
      {Array.from({ length: isDone ? revealed : revealed + 1 }, (_, index) => {
        if (index === revealed)
          return (
            // biome-ignore lint/a11y/useSemanticElements: see above
            <span
              role="gridcell"
              // The same element becomes the token once that is revealed, so that nothing moves.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              key={index}
              id={`step-${row}-${index}`}
              className="step-token-cell step-next"
              aria-selected={at === index}
              aria-label="the next token"
              tabIndex={at === index ? 0 : -1}
              onClick={() => look({ row, index })}
              onKeyDown={(event) => event.key === 'Enter' && look({ row, index })}
            >
              <span className="step-bar" />
              <span className="step-glyph">?</span>
              <span className="step-mark"> </span>
            </span>
          );
        const isHot = isHotNow(strip, index, rollout.hot[index] === 1, whatIfNats);
        const entropy = rollout.entropyNats[index]!;
        const threshold = whatIfNats ?? rollout.thresholdNats[index]!;
        const text = tokenText(view, rollout.ids[index]!);
        const isEnd = rollout.finished && index === rollout.ids.length - 1;
        const shown = colourNumber(colourBy, strip, row, index, score);
        const paint = paintStyle(paintOf(colourBy, shown, scale, facts.roles[index] ?? null));
        return (
          // biome-ignore lint/a11y/useSemanticElements: see above
          <span
            role="gridcell"
            // Tokens have no identity but their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={index}
            id={`step-${row}-${index}`}
            className="step-token-cell"
            data-hot={isHot}
            data-end={isEnd ? '' : undefined}
            data-fork={forkIndex === index ? '' : undefined}
            aria-selected={at === index}
            aria-label={`${text}${isEnd ? ', end token' : ''}, ${isHot ? 'hot' : 'cold'}, entropy ${entropy.toFixed(2)} nats`}
            tabIndex={at === index ? 0 : -1}
            onPointerEnter={({ currentTarget }) => point({ row, index, box: currentTarget.getBoundingClientRect() })}
            onClick={() => look({ row, index })}
            onKeyDown={(event) => event.key === 'Enter' && look({ row, index })}
          >
            <span className="step-bar">
              <span
                className="step-fill"
                style={{ height: `${Math.min(100, (100 * entropy) / fullNats)}%`, ...paint }}
              />
              {Number.isFinite(threshold) && (
                <span className="step-tick" style={{ bottom: `${Math.min(100, (100 * threshold) / fullNats)}%` }} />
              )}
            </span>
            <span
              className="step-glyph step-role"
              data-long={text.length > 1 ? '' : undefined}
              data-role={facts.roles[index] ?? 'none'}
            >
              {text}
            </span>
            <span className="step-mark">{isHot ? '▲' : '▼'}</span>
          </span>
        );
      })}
      {isDone && (
        // biome-ignore lint/a11y/useSemanticElements: see above
        <span role="gridcell" className="step-verdict" data-ok={verdict === null ? undefined : isSolved} tabIndex={-1}>
          {verdict?.outcome ?? endWords(rollout)}
        </span>
      )}
    </div>
  );
});
