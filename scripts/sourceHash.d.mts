/** Names the code that a run's tokens follow from. */
export function sourceHash(root: string): string;
