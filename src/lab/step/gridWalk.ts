// The walk that a completion of Grid path describes so far.

import { gridPath } from '../../tasks/gridPath.ts';

export interface GridWalk {
  readonly width: number;
  readonly height: number;
  /** Row by row: S, G, _ and #. */
  readonly cells: string;
  /** Cells entered, the start first. */
  readonly visited: readonly number[];
  /** Where a move leads that is not allowed, as column and row, possibly off the map; null: all were allowed. */
  readonly fault: readonly [column: number, row: number] | null;
}

const MOVES: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  U: [0, -1],
  D: [0, 1],
  L: [-1, 0],
  R: [1, 0],
};

/** null: the prompt is no map. Coordinates are not looked at: they say again where the move leads, truly or not. */
export function gridWalk(prompt: string, completion: string): GridWalk | null {
  const problem = gridPath.parse(prompt);
  if (problem === null) return null;
  const { width, height, cells } = problem;
  const visited = [cells.indexOf('S')];
  for (const character of completion) {
    const move = Object.hasOwn(MOVES, character) ? MOVES[character] : undefined;
    if (move === undefined) continue;
    const here = visited.at(-1)!;
    const [column, row] = [(here % width) + move[0], Math.floor(here / width) + move[1]];
    const there = row * width + column;
    const isOnMap = column >= 0 && column < width && row >= 0 && row < height;
    if (!isOnMap || cells[there] === '#' || visited.includes(there))
      return { width, height, cells, visited, fault: [column, row] };
    visited.push(there);
  }
  return { width, height, cells, visited, fault: null };
}
