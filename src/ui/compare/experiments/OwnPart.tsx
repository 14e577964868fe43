import type { ReactNode } from 'react';

/** A part of the form in which an experiment is drafted. */
export function OwnPart({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="sheet own-part" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
