// Every field of a run's config: the important ones first and always in sight, the rest in sections.

import './controls.css';
import { Essentials } from './Essentials.tsx';
import { LossTemperatureSection, ObjectiveSection } from './ObjectiveSections.tsx';
import { BatchSection, OptimiserSection } from './RunSections.tsx';
import { GateSection, LadderSection, TruncationSection } from './SamplerSections.tsx';
import { ScheduleSection } from './ScheduleSection.tsx';

export function ControlPanel() {
  return (
    <div className="controls">
      <Essentials />
      <div className="controls-sections">
        <GateSection />
        <LadderSection />
        <ScheduleSection />
        <TruncationSection />
        <ObjectiveSection />
        <LossTemperatureSection />
        <OptimiserSection />
        <BatchSection />
      </div>
    </div>
  );
}
