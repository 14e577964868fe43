import { Component, type ReactNode } from 'react';
import { Button } from '../kit/Button.tsx';
import { Notice } from '../kit/Notice.tsx';

/** A room that breaks, or whose program cannot be fetched, leaves the rest of the page standing. */
export class RoomBoundary extends Component<{ readonly children: ReactNode }, { readonly sentence: string | null }> {
  override state: { readonly sentence: string | null } = { sentence: null };

  static getDerivedStateFromError(cause: unknown) {
    return { sentence: cause instanceof Error ? cause.message : String(cause) };
  }

  override render() {
    const { sentence } = this.state;
    if (sentence === null) return this.props.children;
    return (
      <Notice tone="problem" action={<Button onClick={() => window.location.reload()}>Load the page again</Button>}>
        This room stopped working: {sentence}
      </Notice>
    );
  }
}
