import { Fragment } from 'react';

/** A formula whose "name_below" is set as a subscript. */
export function Symbols({ text }: { readonly text: string }) {
  return text.split(/_([A-Za-z]+)/).map((part, i) => {
    const key = `${i}${part}`;
    return i % 2 === 1 ? <sub key={key}>{part}</sub> : <Fragment key={key}>{part}</Fragment>;
  });
}
