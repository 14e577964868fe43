// Geometry, from perimeters to figures in space.

import { writtenSet } from './writtenSet.ts';

const raw = String.raw;

export const GEOMETRY = writtenSet('geometry', [
  [1, 'A garden is a rectangle, 14 metres long and 9 metres wide. How many metres of fence go around it?', '46'],
  [
    1,
    raw`Two angles of a triangle measure $38^\circ$ and $75^\circ$. How many degrees does the third one measure?`,
    '67',
  ],
  [
    1,
    'A sail is a triangle with a base of 15 metres and a height of 6 metres. What is its area in square metres?',
    '45',
  ],
  [2, raw`What is the area of a circle of radius 7? Give the exact value with $\pi$.`, raw`49\pi`],
  [2, 'The legs of a right triangle are 9 and 40 long. How long is the hypotenuse?', '41'],
  [2, 'How many degrees does each interior angle of a regular polygon with 10 sides measure?', '144'],
  [3, raw`What is the distance between the points $(-1, 2)$ and $(5, -1)$? Give the exact value.`, raw`3\sqrt{5}`],
  [3, 'A box is 3 long, 4 wide and 12 high. How long is the longest straight stick that fits inside?', '13'],
  [3, raw`A closed cylinder has radius 3 and height 10. What is its whole surface, with $\pi$?`, raw`78\pi`],
  [3, 'What is the area of a triangle whose three sides are all 10 long? Give the exact value.', raw`25\sqrt{3}`],
  [
    3,
    raw`A slice of a round cake of radius 12 has an angle of $50^\circ$ at the centre. What is the area of its top, with $\pi$?`,
    raw`20\pi`,
  ],
  [
    3,
    raw`Find the area of the quadrilateral with the corners $(0,0)$, $(6,1)$, $(7,5)$ and $(2,8)$, in this order.`,
    raw`\frac{69}{2}`,
  ],
  [
    4,
    'The sides of a triangle are 13, 14 and 15 long. What is the radius of the circle through its three corners? Answer with a fraction.',
    raw`\frac{65}{8}`,
  ],
  [
    4,
    'Two chords of a circle cross. The first is cut into pieces of lengths 6 and 8. One piece of the second has length 4. How long is its other piece?',
    '12',
  ],
  [
    4,
    raw`A cone has a base of radius 5, and 13 is the distance from its tip to each point of the edge of the base. What is its volume, with $\pi$?`,
    raw`100\pi`,
  ],
  [
    4,
    raw`Two sides of a triangle are 7 and 8 long and enclose an angle of $120^\circ$. How long is the third side?`,
    '13',
  ],
  [4, raw`How far is the point $(4, -1)$ from the line $3x - 4y + 9 = 0$?`, '5'],
  [
    5,
    'All six edges of a pyramid with a triangular base are 6 long. What is its volume? Give the exact value.',
    raw`18\sqrt{2}`,
  ],
  [
    5,
    'Two circles of radius 2 each go through the centre of the other. What is the area of the part that lies in both? Give the exact value.',
    raw`\frac{8\pi}{3}-2\sqrt{3}`,
  ],
  [5, raw`What is the angle, in degrees, between the vectors $(1, 0, 1)$ and $(0, 1, 1)$?`, raw`60^\circ`],
  [
    5,
    raw`A triangle in space has the corners $(1,0,0)$, $(0,2,0)$ and $(0,0,3)$. What is its area? Answer with a fraction.`,
    raw`\frac{7}{2}`,
  ],
]);
