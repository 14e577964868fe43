import { describe } from 'vitest';
import { GEOMETRY } from './geometry.ts';
import { checkAnswers, integral, rootBetween, total, wholes } from './written.testing.ts';

type Point = readonly [number, number];

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** By the shoelace formula. */
const areaOf = (corners: readonly Point[]) =>
  Math.abs(
    total(
      corners.map(([x, y], i) => {
        const [nextX, nextY] = corners[(i + 1) % corners.length]!;
        return x * nextY - nextX * y;
      }),
    ),
  ) / 2;

/** A triangle with given sides, its first along the x-axis. */
function triangle(a: number, b: number, c: number): readonly [Point, Point, Point] {
  const x = (a * a + c * c - b * b) / (2 * a);
  return [
    [0, 0],
    [a, 0],
    [x, Math.sqrt(c * c - x * x)],
  ];
}

describe('the answers of geometry', () => {
  checkAnswers(GEOMETRY, {
    'geometry-1': () => 14 + 9 + 14 + 9,
    'geometry-2': () => 180 - 38 - 75,
    // Where its foot is does not matter.
    'geometry-3': () =>
      areaOf([
        [0, 0],
        [15, 0],
        [4, 6],
      ]),
    // Disks cut into rings.
    'geometry-4': () => integral((r) => 2 * Math.PI * r, 0, 7),
    'geometry-5': () => rootBetween((c) => c * c - 9 * 9 - 40 * 40, 0, 100),
    // At each corner the walk around turns by a tenth of a full turn.
    'geometry-6': () => 180 - 360 / 10,
    'geometry-7': () => Math.hypot(5 - -1, -1 - 2),
    'geometry-8': () => Math.hypot(3, 4, 12),
    'geometry-9': () => 2 * integral((r) => 2 * Math.PI * r, 0, 3) + 2 * Math.PI * 3 * 10,
    'geometry-10': () => areaOf(triangle(10, 10, 10)),
    'geometry-11': () => integral((r) => r * radians(50), 0, 12),
    'geometry-12': () =>
      areaOf([
        [0, 0],
        [6, 1],
        [7, 5],
        [2, 8],
      ]),
    // The centre is as far from all corners.
    'geometry-13': () => {
      const [, , [x, y]] = triangle(14, 13, 15);
      const height = rootBetween((h) => Math.hypot(7, h) - Math.hypot(x - 7, y - h), 0, 14);
      return Math.hypot(7, height);
    },
    // The first chord along the x-axis, crossing at the origin; the second at any angle, here 70 degrees. Its end at
    // distance 4 fixes the circle.
    'geometry-14': () => {
      const [endX, endY] = [-4 * Math.cos(radians(70)), -4 * Math.sin(radians(70))];
      const centre = rootBetween((y) => Math.hypot(1 - endX, y - endY) - Math.hypot(7, y), -100, 100);
      const outside = (t: number) =>
        Math.hypot(1 - t * Math.cos(radians(70)), centre - t * Math.sin(radians(70))) - Math.hypot(7, centre);
      return rootBetween(outside, 0.1, 100);
    },
    'geometry-15': () => {
      const height = rootBetween((h) => Math.hypot(5, h) - 13, 0, 13);
      return integral((z) => Math.PI * ((5 * z) / height) ** 2, 0, height);
    },
    'geometry-16': () => Math.hypot(7 - 8 * Math.cos(radians(120)), 8 * Math.sin(radians(120))),
    // The least distance to a point of the line.
    'geometry-17': () =>
      Math.min(...wholes(-40_000, 40_000).map((n) => Math.hypot(n / 1000 - 4, (3 * (n / 1000) + 9) / 4 + 1))),
    'geometry-18': () => {
      // Alternate corners of a cube: the cube less four corners of a sixth each.
      const edge = 6 / Math.SQRT2;
      return edge ** 3 - 4 * (edge ** 3 / 6);
    },
    // Twice the part of one disk beyond the line half way between the centres.
    'geometry-19': () => 2 * integral((x) => 2 * Math.sqrt(4 - x * x), 1, 2, 400_000),
    'geometry-20': () =>
      (Math.acos((1 * 0 + 0 * 1 + 1 * 1) / (Math.hypot(1, 0, 1) * Math.hypot(0, 1, 1))) * 180) / Math.PI,
    // Heron's formula.
    'geometry-21': () => {
      const [a, b, c] = [Math.hypot(1, 2), Math.hypot(2, 3), Math.hypot(1, 3)];
      const s = (a + b + c) / 2;
      return Math.sqrt(s * (s - a) * (s - b) * (s - c));
    },
  });
});
