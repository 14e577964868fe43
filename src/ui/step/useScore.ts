import { useMemo } from 'react';
import type { GroupScore } from '../../lab/step/groupScore.ts';
import { recordedScore } from '../../lab/step/recorded.ts';
import { isScorable, scoreKey } from '../../lab/step/scoring.ts';
import { useSettings } from '../laboratoryContext.ts';
import { useShown, useTokens } from './roomContext.ts';

export interface ScoreState {
  /** False: the group is not whole yet, so it has no rewards to compare. */
  readonly isWhole: boolean;
  /** Of the group and the settings as they are shown; null until it is known. */
  readonly score: GroupScore | null;
  readonly refusal: string | null;
}

/** The score of the shown group by the settings as they are. */
export function useScore(): ScoreState {
  const { group, branch } = useShown();
  const config = useSettings((settings) => settings.config);
  const known = useTokens((state) => state.score);
  const updates = useTokens((state) => state.updates);
  const isWhole = isScorable(branch);
  const { recorded } = group;
  const ofRecord = useMemo(() => (recorded === null ? null : recordedScore(recorded)), [recorded]);
  if (recorded !== null)
    return {
      isWhole,
      score: ofRecord,
      refusal: ofRecord === null ? 'This record was written before it was scored.' : null,
    };
  const isOfThis = isWhole && known?.strips === branch.strips && known.key === scoreKey(config, updates);
  return { isWhole, score: isOfThis ? known.score : null, refusal: isOfThis ? known.refusal : null };
}
