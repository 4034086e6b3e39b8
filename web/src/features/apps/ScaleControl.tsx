import type { AppView } from '@automator67/worker';
import { useState } from 'react';
import { Button } from '../../ui/Button';
import { Stepper } from '../../ui/Stepper';

const REPLICAS_MAX = 100;

type ScaleControlProps = {
  app: AppView;
  busy: boolean;
  onScale: (replicas: number) => Promise<void>;
};

export function ScaleControl({ app, busy, onScale }: ScaleControlProps) {
  // null: what the engine says. A number: what the person set and has not applied yet.
  const [chosen, setChosen] = useState<number | null>(null);
  const value = chosen ?? Math.max(1, app.replicasWanted);
  const changed = value !== app.replicasWanted;
  return (
    <form
      className="flex items-end gap-2 border-line px-4 py-3.5 max-sm:w-full max-sm:border-t sm:border-l sm:px-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!changed || busy) return;
        setChosen(null);
        void onScale(value);
      }}
    >
      <div>
        <span aria-hidden className="mb-1 block text-[13px] text-muted">
          Scale to
        </span>
        <Stepper
          label="replicas"
          testId="app-scale-input"
          value={value}
          min={1}
          max={REPLICAS_MAX}
          onChange={setChosen}
        />
      </div>
      <Button
        type="submit"
        variant={changed ? 'primary' : 'secondary'}
        data-testid="app-scale-apply"
        busy={busy}
        disabled={busy || !changed || app.state === 'stopped'}
      >
        Apply
      </Button>
    </form>
  );
}
