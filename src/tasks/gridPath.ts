// Shortest path on a small map.
//
//   S_#_/__#_/_#__/___G>D12D13D14R24R34R44.      a move, then the cell it leads to: column, row, from 1 at the top left
//
// A walk never comes back to a cell it has been on, and goes on until the goal or a dead end. So every legal walk ends,
// and the only thing to decide is where to turn: the coordinates follow from the move.

import { pick } from './random.ts';
import { recipe } from './recipe.ts';
import { type Fault, type Reader, stepwise } from './stepwise.ts';
import type { RandomSource, Task } from './task.ts';

export interface GridProblem {
  readonly width: number;
  readonly height: number;
  /** Row by row, one of `S`, `G`, `_` (free) and `#` (wall). */
  readonly cells: string;
  /** Moves from each cell to the goal by a shortest path; -1 where there is none. */
  readonly movesToGoal: readonly number[];
}

interface Walk {
  /** Cells in the order they were entered, the start first. */
  readonly cells: readonly number[];
  /** What is left to write of the coordinates of the last cell. */
  readonly owed: string;
}

interface Size {
  readonly side: number;
  readonly walls: readonly number[];
  readonly leastMoves: number;
}

const SIZES: Readonly<Record<string, Size>> = {
  small: { side: 4, walls: [3, 4, 5], leastMoves: 3 },
  wide: { side: 5, walls: [7, 8, 9], leastMoves: 4 },
};

const LONGEST_SIDE = 5;
const DIRECTIONS: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  U: [0, -1],
  D: [0, 1],
  L: [-1, 0],
  R: [1, 0],
};

type Map = Pick<GridProblem, 'width' | 'height' | 'cells'>;

/** The cell that a move from `cell` leads to, or null where the map ends or a wall stands. */
function neighbour({ width, height, cells }: Map, cell: number, direction: string): number | null {
  const [columns, rows] = DIRECTIONS[direction]!;
  const column = (cell % width) + columns;
  const row = Math.floor(cell / width) + rows;
  if (column < 0 || column >= width || row < 0 || row >= height) return null;
  const there = row * width + column;
  return cells[there] === '#' ? null : there;
}

/** Breadth first from the goal. */
function movesToGoal(map: Map): number[] {
  const moves: number[] = new Array(map.cells.length).fill(-1);
  const reached = [map.cells.indexOf('G')];
  moves[reached[0]!] = 0;
  for (const cell of reached)
    for (const direction of Object.keys(DIRECTIONS)) {
      const next = neighbour(map, cell, direction);
      if (next === null || moves[next] !== -1) continue;
      moves[next] = moves[cell]! + 1;
      reached.push(next);
    }
  return moves;
}

function fewestMoves({ cells, movesToGoal: moves }: GridProblem): number {
  return moves[cells.indexOf('S')]!;
}

function here(walk: Walk): number {
  return walk.cells.at(-1)!;
}

function isOver(problem: GridProblem, walk: Walk): boolean {
  if (problem.cells[here(walk)] === 'G') return true;
  return Object.keys(DIRECTIONS).every((direction) => {
    const next = neighbour(problem, here(walk), direction);
    return next === null || walk.cells.includes(next);
  });
}

function read(problem: GridProblem, walk: Walk, character: string): Walk | Fault {
  if (walk.owed !== '') {
    if (character === walk.owed[0]) return { cells: walk.cells, owed: walk.owed.slice(1) };
    return character >= '1' && character <= String(LONGEST_SIDE) ? 'wrong arithmetic' : 'format';
  }
  if (character === '.') return isOver(problem, walk) ? walk : 'illegal';
  if (!Object.hasOwn(DIRECTIONS, character)) return 'format';
  const next = neighbour(problem, here(walk), character);
  if (next === null || walk.cells.includes(next) || problem.cells[here(walk)] === 'G') return 'illegal';
  const column = (next % problem.width) + 1;
  const row = Math.floor(next / problem.width) + 1;
  return { cells: [...walk.cells, next], owed: `${column}${row}` };
}

const reader: Reader<GridProblem, Walk> = {
  alphabet: 'SG_#/>UDLR12345.',
  stop: '.',
  start: (problem) => ({ cells: [problem.cells.indexOf('S')], owed: '' }),
  read,
  forced: (_, character) => (character === '.' ? 'format' : 'knowledge'),
  solves: (problem, walk) => problem.cells[here(walk)] === 'G' && walk.cells.length - 1 === fewestMoves(problem),
  promising: (problem, walk) => walk.cells.length - 1 + problem.movesToGoal[here(walk)]! === fewestMoves(problem),
};

function draw({ side, walls }: Size, random: RandomSource): GridProblem {
  const cells: string[] = new Array(side * side).fill('_');
  const free = cells.map((_, cell) => cell);
  const put = (mark: string) => {
    const [cell] = free.splice(random.below(free.length), 1);
    cells[cell!] = mark;
  };
  put('S');
  put('G');
  for (let left = pick(walls, random); left > 0; left--) put('#');
  const map = { width: side, height: side, cells: cells.join('') };
  return { ...map, movesToGoal: movesToGoal(map) };
}

function generate(difficulty: string, random: RandomSource): GridProblem {
  const size = SIZES[difficulty];
  if (!size)
    throw new RangeError(`Grid path has the difficulties ${Object.keys(SIZES).join(', ')}, not ${difficulty}.`);
  let problem = draw(size, random);
  while (fewestMoves(problem) < size.leastMoves) problem = draw(size, random);
  return problem;
}

function parse(prompt: string): GridProblem | null {
  if (!/^[SG_#/]+>$/.test(prompt)) return null;
  const rows = prompt.slice(0, -1).split('/');
  const width = rows[0]!.length;
  const height = rows.length;
  if (width > LONGEST_SIDE || height > LONGEST_SIDE || rows.some((row) => row.length !== width)) return null;
  const cells = rows.join('');
  if (cells.split('S').length !== 2 || cells.split('G').length !== 2) return null;
  const map = { width, height, cells };
  const problem = { ...map, movesToGoal: movesToGoal(map) };
  return fewestMoves(problem) === -1 ? null : problem;
}

function promptOf({ width, height, cells }: GridProblem): string {
  const rows = Array.from({ length: height }, (_, row) => cells.slice(row * width, (row + 1) * width));
  return `${rows.join('/')}>`;
}

/** Geometry: a shortest way round the walls. */
export const gridPath: Task<GridProblem> = {
  name: 'grid-path',
  title: 'Grid path',
  domain: 'geometry',
  summary:
    'Walk from S to G in as few moves as the walls allow: turns fork where several ways are open, the cell a move leads to is knowledge.',
  citation: 'ours',
  difficulties: {
    small: 'A map of 4 by 4 with three to five walls, the goal three moves away or more.',
    wide: 'A map of 5 by 5 with seven to nine walls, the goal four moves away or more.',
  },
  worked: { prompt: 'S_#_/__#_/_#__/___G>', completion: 'D12D13D14R24R34R44.' },
  recipe: recipe({ difficulty: 'small', solvingShare: 0.25, steps: 2600, batch: 64, policy: { layers: 3 } }),
  // A walk over the 18 free cells of a wide map: three characters a move and the stop.
  maxCompletion: 3 * 17 + 1,
  generate,
  promptOf,
  parse,
  ...stepwise(reader),
};
