// Where a chart stands on the page, and whether it is to be seen.

import { type RefObject, useEffect, useState } from 'react';

/** Width of the element in CSS pixels; 0 before it is laid out. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** True while any part of the element is in the window, or nearly. */
export function useIsOnScreen(element: RefObject<HTMLElement | null>): boolean {
  const [isOnScreen, setIsOnScreen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => setIsOnScreen(entries.at(-1)!.isIntersecting), {
      rootMargin: '100px',
    });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return isOnScreen;
}

/** The plot inside its box, in CSS pixels. */
export const PLOT = { height: 176, left: 46, right: 14, top: 18, bottom: 22 } as const;
