import { expect, it } from 'vitest';
import { gridWalk } from './gridWalk.ts';

const PROMPT = 'S_#_/__#_/_#__/___G>';

it('follows the moves of a completion, whatever of it is written', () => {
  expect(gridWalk(PROMPT, '')?.visited).toEqual([0]);
  expect(gridWalk(PROMPT, 'D12D13D14R24R34R44.')).toEqual({
    width: 4,
    height: 4,
    cells: 'S_#___#__#_____G',
    visited: [0, 4, 8, 12, 13, 14, 15],
    fault: null,
  });
});

it('stops before a wall, the edge and a cell it was on', () => {
  expect(gridWalk(PROMPT, 'R21R3')).toMatchObject({ visited: [0, 1], fault: [2, 0] });
  expect(gridWalk(PROMPT, 'U')).toMatchObject({ visited: [0], fault: [0, -1] });
  expect(gridWalk(PROMPT, 'D12U11')).toMatchObject({ visited: [0, 4], fault: [0, 0] });
});

it('knows a prompt that is no map', () => {
  expect(gridWalk('3 5 7>22.', 'D')).toBeNull();
});
