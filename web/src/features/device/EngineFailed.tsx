// Shown in place of every page when the engine did not start: why, a copy of the data first, then what
// can be done. Nothing here changes what is stored but the last of it, which asks for a typed word.
import type { ErrorView } from '@automator67/worker';
import { RotateCw } from 'lucide-react';
import { useEngineStore } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { ErrorBox } from '../../ui/ErrorBox';
import { DangerZone } from './DangerZone';
import { SaveCopy } from './SaveCopy';

export function EngineFailed({ failure }: { failure: ErrorView }) {
  const store = useEngineStore();
  return (
    <div className="space-y-5" data-testid="engine-failed">
      <h1 className="text-xl font-semibold tracking-tight text-ink">The engine did not start</h1>
      <ErrorBox error={failure} />
      <Card>
        <ol className="divide-y divide-line">
          <Step title="Keep what is there" hint="Nothing was changed. A copy makes sure of it.">
            <SaveCopy />
          </Step>
          <Step
            title="Try again"
            hint="A reload brings the newest version of this page, which may be what is missing."
          >
            <div className="flex flex-wrap gap-2">
              <Button
                variant="primary"
                data-testid="failed-reload"
                onClick={() => window.location.reload()}
              >
                <RotateCw aria-hidden />
                Reload this tab
              </Button>
              <Button data-testid="failed-retry" onClick={store.retry}>
                Restart the engine
              </Button>
            </div>
          </Step>
          <Step
            title="Go on elsewhere"
            hint="Another profile of this browser, or another browser, begins with nothing and leaves this as it is."
          />
        </ol>
      </Card>
      <DangerZone />
    </div>
  );
}

type StepProps = { title: string; hint: string; children?: React.ReactNode };

function Step({ title, hint, children }: StepProps) {
  return (
    <li className="space-y-3 p-4 sm:p-5">
      <div>
        <h2 className="text-sm font-semibold text-ink">{title}</h2>
        <p className="text-[13px] text-muted">{hint}</p>
      </div>
      {children}
    </li>
  );
}
