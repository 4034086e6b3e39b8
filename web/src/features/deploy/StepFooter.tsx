import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/Button';

type StepFooterProps = { onBack?: () => void; note?: ReactNode; children: ReactNode };

export function StepFooter({ onBack, note, children }: StepFooterProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-3.5 sm:px-6">
      {onBack ? (
        <Button variant="ghost" onClick={onBack} data-testid="deploy-back">
          <ArrowLeft aria-hidden />
          Back
        </Button>
      ) : (
        <span className="text-[13px] text-muted">{note}</span>
      )}
      <div className="flex gap-2">{children}</div>
    </div>
  );
}
