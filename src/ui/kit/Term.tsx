// Labels are written as in the paper, with underscores: "T_high", "H_th".

import { Fragment } from 'react';

const SUBSCRIPT = /(?<![A-Za-z0-9])([A-Za-zα-ω])_([A-Za-z0-9]+)/g;

/** A label with its subscripts set below the line. */
export function Term({ text }: { text: string }) {
  const parts = text.split(SUBSCRIPT);
  return (
    <>
      {parts.map((part, i) => {
        const key = `${i}${part}`;
        if (i % 3 === 0) return <Fragment key={key}>{part}</Fragment>;
        if (i % 3 === 2) return <sub key={key}>{part}</sub>;
        return <var key={key}>{part}</var>;
      })}
    </>
  );
}

/** The label as it is read out. */
export function spoken(text: string): string {
  return text.replaceAll(SUBSCRIPT, '$1 $2');
}
