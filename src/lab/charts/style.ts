// How lines are told apart: each style has a colour, a dash pattern and a shape, so that no reader depends on colour.

/** Patterns for SVG's stroke-dasharray with round caps; '': solid. */
const DASHES = ['', '7 5', '1 5', '9 4 1 4', '14 5', '4 4 1 4 1 4', '5 3', '1 3'] as const;

export const SHAPES = ['circle', 'square', 'diamond', 'triangle', 'tee', 'cross', 'post', 'star'] as const;
export type Shape = (typeof SHAPES)[number] | 'up' | 'down' | 'bar';

export interface LineStyle {
  /** Name of the CSS custom property that holds the colour. */
  readonly colour: string;
  readonly dash: string;
  readonly shape: Shape;
}

/** Hot and cold look the same in every chart and strip. */
export const HOT: LineStyle = { colour: '--hot', dash: '7 5', shape: 'up' };
export const COLD: LineStyle = { colour: '--cold', dash: '1 5', shape: 'down' };
/** A line to compare with: a threshold, an expectation. */
export const YARDSTICK: LineStyle = { colour: '--quiet', dash: '4 5', shape: 'bar' };

/** The `index`-th style of a chart; after eight they begin again. */
export function plainStyle(index: number): LineStyle {
  const i = index % SHAPES.length;
  return { colour: `--series-${i}`, dash: DASHES[i]!, shape: SHAPES[i]! };
}

/**
 * The style of the `index`-th of many runs: the colours go round, and each time round they have other dashes and shapes,
 * so that 64 runs differ.
 */
export function runStyle(index: number): LineStyle {
  const { colour } = plainStyle(index);
  const { dash, shape } = plainStyle(index + Math.floor(index / SHAPES.length));
  return { colour, dash, shape };
}

/** SVG path of a shape centred at (x, y) with half width r; to be filled. */
export function shapePath(shape: Shape, x: number, y: number, r: number): string {
  const polygon = (...points: readonly (readonly [number, number])[]) =>
    `M${points.map(([dx, dy]) => `${round(x + dx * r)} ${round(y + dy * r)}`).join('L')}Z`;
  switch (shape) {
    case 'circle':
      return `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
    case 'square':
      return polygon([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]);
    case 'diamond':
      return polygon([0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]);
    case 'up':
      return polygon([0, -1.1], [1.1, 0.9], [-1.1, 0.9]);
    case 'down':
      return polygon([0, 1.1], [1.1, -0.9], [-1.1, -0.9]);
    case 'triangle':
      return polygon([1.1, 0], [-0.9, 1.1], [-0.9, -1.1]);
    case 'tee':
      return polygon(
        [-1.1, -1.1],
        [1.1, -1.1],
        [1.1, -0.4],
        [0.4, -0.4],
        [0.4, 1.1],
        [-0.4, 1.1],
        [-0.4, -0.4],
        [-1.1, -0.4],
      );
    case 'cross':
      return polygon(
        ...([
          [-0.4, -1.2],
          [0.4, -1.2],
          [0.4, -0.4],
          [1.2, -0.4],
          [1.2, 0.4],
          [0.4, 0.4],
        ] as const),
        ...([
          [0.4, 1.2],
          [-0.4, 1.2],
          [-0.4, 0.4],
          [-1.2, 0.4],
          [-1.2, -0.4],
          [-0.4, -0.4],
        ] as const),
      );
    case 'bar':
      return polygon([-1.2, -0.4], [1.2, -0.4], [1.2, 0.4], [-1.2, 0.4]);
    case 'post':
      return polygon([-0.4, -1.2], [0.4, -1.2], [0.4, 1.2], [-0.4, 1.2]);
    case 'star':
      return polygon([0, -1.4], [0.4, -0.4], [1.4, 0], [0.4, 0.4], [0, 1.4], [-0.4, 0.4], [-1.4, 0], [-0.4, -0.4]);
  }
}

const round = (value: number) => Math.round(value * 100) / 100;
