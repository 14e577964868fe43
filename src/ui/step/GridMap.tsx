import { revealedOf } from '../../lab/step/branches.ts';
import { rolloutFacts } from '../../lab/step/facts.ts';
import { type GridWalk, gridWalk } from '../../lab/step/gridWalk.ts';
import { useLooked } from './roomContext.ts';

const CELL = 22;
/** Room around the map for a step off it. */
const MARGIN = 12;

const centre = (at: number) => MARGIN + (at + 0.5) * CELL;

/** The map of Grid path with the walk up to the token that is looked at. */
export function GridMap() {
  const { group, branch, place, strip } = useLooked();
  if (group.posed.task?.name !== 'grid-path') return null;
  const shown = Math.min(place.index + 1, revealedOf(branch, place.row));
  const walk = gridWalk(group.posed.problem.prompt, rolloutFacts(group, strip).text.slice(0, shown));
  if (walk === null) return null;
  const { width, height, cells, visited, fault } = walk;
  const points = visited.map((cell) => pointOf(walk, cell).join());
  const [x, y] = pointOf(walk, visited.at(-1)!);
  const moves = visited.length - 1;
  return (
    <svg
      className="step-map"
      width={width * CELL + 2 * MARGIN}
      height={height * CELL + 2 * MARGIN}
      role="img"
      aria-label={`Map; the walk of rollout ${place.row + 1} after ${moves} ${moves === 1 ? 'move' : 'moves'}${fault === null ? '' : ', the next one is not allowed'}`}
    >
      {Array.from(cells, (cell, at) => (
        <g
          // Cells have no identity but their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={at}
          transform={`translate(${MARGIN + (at % width) * CELL} ${MARGIN + Math.floor(at / width) * CELL})`}
          data-cell={cell}
        >
          <rect x="1" y="1" width={CELL - 2} height={CELL - 2} rx="3" />
          {cell === '#' && <path d="M4 18 18 4M4 11 11 4M11 18l7-7" />}
          {(cell === 'S' || cell === 'G') && (
            <text x={CELL / 2} y={CELL / 2 + 4.5} textAnchor="middle">
              {cell}
            </text>
          )}
        </g>
      ))}
      <polyline className="step-walk" points={points.join(' ')} />
      <circle className="step-walker" cx={x} cy={y} r="4" />
      {fault !== null && (
        <text className="step-fault" x={centre(fault[0])} y={centre(fault[1]) + 6} textAnchor="middle">
          ✗
        </text>
      )}
    </svg>
  );
}

function pointOf({ width }: GridWalk, cell: number): [x: number, y: number] {
  return [centre(cell % width), centre(Math.floor(cell / width))];
}
