import type { Laboratory } from '../lab/laboratory.ts';
import { Frame } from './frame/Frame.tsx';
import { TooltipProvider } from './kit/Tooltip.tsx';
import { LaboratoryContext } from './laboratoryContext.ts';

export function App({ laboratory }: { laboratory: Laboratory }) {
  return (
    <LaboratoryContext value={laboratory}>
      <TooltipProvider>
        <Frame />
      </TooltipProvider>
    </LaboratoryContext>
  );
}
