// Runs side by side: a table of all that are stored, charts of those that are shown, and two of them against each other.

import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { ComparedRun } from '../../../lab/compare/store.ts';
import { Button } from '../../kit/Button.tsx';
import { Notice } from '../../kit/Notice.tsx';
import { Progress } from '../../kit/Progress.tsx';
import { useLaboratory } from '../../laboratoryContext.ts';
import { ChosenRuns } from './ChosenRuns.tsx';
import { ImportMenu, SaveMenu } from './FileMenus.tsx';
import { OverlayCharts } from './OverlayCharts.tsx';
import { RunsTable } from './RunsTable.tsx';
import './runs.css';
import { TableControls } from './TableControls.tsx';

export function RunsPanel() {
  const { compare } = useLaboratory();
  const runs = useStore(compare, (state) => state.runs);
  const hidden = useStore(compare, (state) => state.hidden);
  useEffect(() => compare.watch(), [compare]);
  const shown = useMemo(() => (runs ?? []).filter(({ run }) => !hidden.has(run.id)), [runs, hidden]);
  return (
    <div className="runs">
      <section className="sheet" aria-labelledby="runs-title">
        <div className="runs-head">
          <h2 id="runs-title">Runs</h2>
          <p className="quiet">{runs === null || runs.length === 0 ? '' : countText(runs.length, shown.length)}</p>
          <div className="runs-tools">
            <ImportMenu />
            <SaveMenu shown={shown} />
          </div>
        </div>
        <Said />
        {runs === null ? <Looking /> : runs.length === 0 ? <NoRuns /> : <Table runs={runs} shown={shown} />}
      </section>
      {shown.length > 0 && <OverlayCharts shown={shown} />}
    </div>
  );
}

const countText = (all: number, shown: number) =>
  `${all} stored in this browser, ${shown === all ? (all === 1 ? 'shown' : 'all shown') : `${shown} shown`}`;

function Table({ runs, shown }: { readonly runs: readonly ComparedRun[]; readonly shown: readonly ComparedRun[] }) {
  return (
    <>
      <TableControls runs={runs} shown={shown} />
      <RunsTable runs={runs} shown={shown} />
      <ChosenRuns runs={runs} />
    </>
  );
}

/** What went wrong, what happened unasked, and what is being done. */
function Said() {
  const { compare, shelf } = useLaboratory();
  const failure = useStore(compare, (state) => state.failure);
  const said = useStore(compare, (state) => state.said);
  const busy = useStore(shelf, (state) => state.busy);
  const shelfSaid = useStore(shelf, (state) => state.said);
  const shelfFailure = useStore(shelf, (state) => state.failure);
  return (
    <>
      {failure !== null && (
        <Notice tone="problem" action={<Button onClick={() => void compare.refresh()}>Look again</Button>}>
          {failure}
        </Notice>
      )}
      {said !== null && <Notice onDismiss={compare.dismiss}>{said}</Notice>}
      {busy !== null && <Progress label={busy.what} share={busy.share} onCancel={shelf.cancel} />}
      {shelfFailure !== null && (
        <Notice tone="problem" onDismiss={shelf.dismiss}>
          {shelfFailure}
        </Notice>
      )}
      {shelfSaid !== null && <Notice onDismiss={shelf.dismiss}>{shelfSaid}</Notice>}
    </>
  );
}

function Looking() {
  const { compare } = useLaboratory();
  const hasFailed = useStore(compare, (state) => state.failure !== null);
  return <p className="runs-wait quiet">{hasFailed ? 'No run could be read.' : 'Looking for runs …'}</p>;
}

/** What a newcomer can do. */
function NoRuns() {
  const { settings } = useLaboratory();
  return (
    <div className="runs-none">
      <p>
        No run is stored in this browser yet. Runs that you train stand here side by side: what differs between their
        settings, and what that did to reward, entropy and length.
      </p>
      <ol>
        <li>In the Train room, start a run and let it make some steps.</li>
        <li>Change one setting, such as T high, and start another.</li>
        <li>
          Come back: both are here. With other seeds of each, the spread of seeds shows what a difference is worth.
        </li>
      </ol>
      <div className="transport">
        <Button look="primary" icon="play" onClick={() => settings.go('train')}>
          Go to the Train room
        </Button>
      </div>
    </div>
  );
}
