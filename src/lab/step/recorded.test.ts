import { describe, expect, it } from 'vitest';
import { awkwardRecord, awkwardRollout } from '../../grpo/rolloutRecord.testing.ts';
import { createSettingsStore } from '../settings/store.ts';
import { rolloutFacts, tokenText } from './facts.ts';
import { readRecordFile, recordFile } from './files.ts';
import { branchOf } from './group.ts';
import { recordedGroup, recordedScore } from './recorded.ts';
import { branchRecords } from './records.ts';
import { createStepRoom } from './room.ts';
import { stepClient } from './step.testing.ts';

const client = stepClient();
const bytes = (text: string) => new TextEncoder().encode(text);

async function openRoom() {
  const settings = createSettingsStore();
  settings.edit('group', 3);
  settings.edit('maxNewTokens', 10);
  const room = createStepRoom(settings);
  room.attach(client);
  await room.sync();
  const shown = () => room.getState().group!;
  const { config } = settings.getState().settings;
  const saved = () => recordFile(branchRecords(shown(), branchOf(shown()), config));
  return { room, settings, shown, saved };
}

describe('saving and opening', () => {
  it('gives every number back, bit for bit', async () => {
    const { room, shown, saved } = await openRoom();
    const before = branchOf(shown()).strips.map(({ rollout }) => rollout);
    const text = saved();
    room.openFile('rollouts.jsonl', bytes(text));
    const after = branchOf(shown());
    expect(after.strips.map(({ rollout }) => rollout)).toEqual(before);
    expect(after.revealed).toEqual(before.map(({ ids }) => ids.length));
    expect(saved()).toBe(text);
  });

  it('goes back to the group that was sampled', async () => {
    const { room, shown, saved } = await openRoom();
    const before = branchOf(shown()).strips.map(({ rollout }) => rollout);
    room.openFile('rollouts.jsonl', bytes(saved()));
    expect(shown().recorded?.name).toBe('rollouts.jsonl');
    room.closeFile();
    await room.sync();
    expect(shown().recorded).toBeNull();
    expect(branchOf(shown()).strips.map(({ rollout }) => rollout)).toEqual(before);
  });

  it('leaves a record as it is when settings change', async () => {
    const { room, settings, shown, saved } = await openRoom();
    room.openFile('rollouts.jsonl', bytes(saved()));
    const before = shown();
    settings.edit('sampler.temperature.high', 2);
    await room.sync();
    expect(shown()).toBe(before);
  });

  it.each([
    ['nonsense', 'r.jsonl line 1: it is not valid JSON.'],
    ['', 'r.jsonl holds no rollout record.'],
    ['{"version":1}', 'r.jsonl line 1: task is not accepted'],
  ])('says in one sentence why %j is not shown, and keeps what is there', async (text, sentence) => {
    const { room, shown } = await openRoom();
    const before = shown();
    room.openFile('r.jsonl', bytes(text));
    expect(room.getState().refusal).toContain(sentence);
    expect(shown()).toBe(before);
    expect(room.getState().records).toBeNull();
  });

  it('names the line that is broken, and refuses what is no text', async () => {
    const { saved } = await openRoom();
    const [first] = saved().split('\n');
    expect(() => readRecordFile('r.jsonl', bytes(`${first}\n{"task":3}\n`))).toThrow(/^r\.jsonl line 2: /);
    expect(() => readRecordFile('r.bin', Uint8Array.of(0xff, 0xfe, 0x80))).toThrow(
      'r.bin is not text, but rollout records are lines of JSON.',
    );
  });
});

describe('records of other programs', () => {
  it('shows a task that is not ours, by the characters of its text', () => {
    const record = { ...awkwardRecord(awkwardRollout([7, 9, 7]), 'aba'), task: 'gsm8k' };
    const group = recordedGroup(readRecordFile('r.jsonl', bytes(recordFile([record])))[0]!);
    expect(group.posed.task).toBeNull();
    expect(group.posed.title).toBe('gsm8k');
    expect([7, 9, 8].map((id) => tokenText(group.view, id))).toEqual(['a', 'b', '#8']);
  });

  it('keeps rewards and outcomes that no task of ours gives', async () => {
    const { saved } = await openRoom();
    const lines = saved()
      .trim()
      .split('\n')
      .map((line) => JSON.stringify({ ...JSON.parse(line), reward: 0.25, outcome: 'half right' }));
    const group = recordedGroup(readRecordFile('r.jsonl', bytes(lines.join('\n')))[0]!);
    expect(rolloutFacts(group, branchOf(group).strips[1]!).verdict).toEqual({ reward: 0.25, outcome: 'half right' });
  });

  it('tells groups apart, and has scores only where the file has them', async () => {
    const { saved } = await openRoom();
    const text = saved() + saved().replaceAll('"group":0', '"group":1');
    const groups = readRecordFile('r.jsonl', bytes(text));
    expect(groups.map(({ rollouts }) => rollouts.length)).toEqual([3, 3]);
    expect(recordedScore(groups[0]!)).toBeNull();
    const scored = groups[1]!.rollouts.map((rollout, i) => ({
      ...rollout,
      reward: i,
      scored: {
        advantage: i - 1,
        scoredTau: rollout.tau,
        logpOld: rollout.logpTau,
        ratio: rollout.ids.map(() => 1),
        clipSide: rollout.ids.map(() => 0 as const),
        gradientShare: rollout.ids.map(() => 0.1),
      },
    }));
    expect(recordedScore({ ...groups[1]!, rollouts: scored })).toMatchObject({ rewardMean: 1, rewardStd: 1 });
  });
});
