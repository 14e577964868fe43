// How each temperature changes over training.

import { helpFor } from '../../lab/help.ts';
import { valueText } from '../../lab/settings/places.ts';
import { STEERABLE, type Steerable, scheduleChanges, steeredBy } from '../../lab/settings/rules.ts';
import type { Schedule } from '../../temperature/schedule.ts';
import { spoken, Term } from '../kit/Term.tsx';
import { useSettings, useSettingsStore } from '../laboratoryContext.ts';
import { ChoiceControl, NumberControl } from './fields.tsx';
import { KnotEditor } from './KnotEditor.tsx';
import { SchedulePlot } from './SchedulePlot.tsx';
import { Section } from './Section.tsx';

const NAMES: Readonly<Record<Steerable, string>> = { high: 'T_high', low: 'T_low', tau: 'τ' };
const TAU = { min: 0.1, max: 2.5, step: 0.05 } as const;
const STEPS = { min: 1, max: 2000, step: 1, scale: 'log' } as const;

export function ScheduleSection() {
  const rule = useSettings(({ config }) => config.sampler.temperature.rule);
  const summary = useSettings(({ config: { schedules } }) => {
    const on = STEERABLE.filter((which) => schedules[which] !== null);
    if (on.length === 0) return 'off';
    return on
      .map((which) => `${spoken(NAMES[which])}: ${valueText(`schedules.${which}`, schedules[which])}`)
      .join(' · ');
  });
  return (
    <Section title="Over training" prefixes={['schedules']} summary={summary}>
      {steeredBy(rule).map((which) => (
        <OneSchedule key={which} which={which} />
      ))}
    </Section>
  );
}

const isKind = (name: string): name is Schedule['kind'] | 'none' =>
  Object.hasOwn(helpFor('schedules.high.kind').options ?? {}, name);

function OneSchedule({ which }: { which: Steerable }) {
  const settings = useSettingsStore();
  const schedule = useSettings(({ config }) => config.schedules[which]);
  const path = `schedules.${which}`;
  return (
    <fieldset className="schedule">
      <legend>
        <Term text={NAMES[which]} />
      </legend>
      <ChoiceControl
        path={`${path}.kind`}
        whole={path}
        onChoose={(kind) => {
          if (isKind(kind)) settings.editAll(scheduleChanges(settings.getState().settings.config, which, kind));
        }}
      />
      {schedule !== null && (
        <>
          <SchedulePlot
            name={NAMES[which]}
            schedule={schedule}
            onChange={
              schedule.kind === 'points'
                ? (knots) => settings.edit(`${path}.points`, knots)
                : schedule.kind === 'stages'
                  ? (knots) => settings.edit(`${path}.stages`, knots)
                  : undefined
            }
          />
          <ScheduleFields path={path} schedule={schedule} />
        </>
      )}
    </fieldset>
  );
}

function ScheduleFields({ path, schedule }: { path: string; schedule: Schedule }) {
  switch (schedule.kind) {
    case 'constant':
      return <NumberControl path={`${path}.tau`} {...TAU} />;
    case 'linear':
    case 'cosine':
      return (
        <>
          <NumberControl path={`${path}.from`} {...TAU} />
          <NumberControl path={`${path}.to`} {...TAU} />
          <NumberControl path={`${path}.steps`} {...STEPS} />
        </>
      );
    case 'spike':
      return (
        <>
          <NumberControl path={`${path}.base`} {...TAU} />
          <NumberControl path={`${path}.rise`} min={-1} max={1} step={0.05} />
          <NumberControl path={`${path}.every`} {...STEPS} />
          <NumberControl path={`${path}.length`} min={1} max={50} step={1} />
        </>
      );
    case 'entropy':
      return (
        <>
          <NumberControl path={`${path}.from`} {...TAU} />
          <NumberControl path={`${path}.targetNats`} min={0.01} max={3} step={0.01} />
          <NumberControl path={`${path}.least`} {...TAU} />
          <NumberControl path={`${path}.most`} min={0.1} max={4} step={0.05} />
        </>
      );
    case 'stages':
      return <KnotEditor path={`${path}.stages`} />;
    case 'points':
      return <KnotEditor path={`${path}.points`} />;
  }
}
