import type { Figure } from './figure.ts';

/** Pixels of the picture for one unit of the figure: sharp on paper and on dense screens. */
const PIXELS_PER_UNIT = 2;

/** The figure as a PNG file. Draws on a canvas of its own, so that no picture has to be loaded. */
export async function pngOf(figure: Figure): Promise<Blob> {
  const canvas = new OffscreenCanvas(figure.width * PIXELS_PER_UNIT, figure.height * PIXELS_PER_UNIT);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser gives no canvas to draw the picture on.');
  context.scale(PIXELS_PER_UNIT, PIXELS_PER_UNIT);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const item of figure.items) {
    if (item.kind === 'text') {
      context.globalAlpha = 1;
      context.font = `${item.weight} ${item.size}px system-ui, sans-serif`;
      context.textAlign = item.anchor === 'middle' ? 'center' : item.anchor;
      context.fillStyle = item.colour;
      context.fillText(item.text, item.x, item.y);
      continue;
    }
    const path = new Path2D(item.d);
    context.globalAlpha = item.opacity;
    if (item.fill !== null) {
      context.fillStyle = item.fill;
      context.fill(path);
    }
    if (item.stroke !== null) {
      context.strokeStyle = item.stroke;
      context.lineWidth = item.width;
      context.setLineDash(item.dash === '' ? [] : item.dash.split(' ').map(Number));
      context.stroke(path);
    }
  }
  return canvas.convertToBlob({ type: 'image/png' });
}
