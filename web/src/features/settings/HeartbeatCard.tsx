import { useId, useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { ErrorBox } from '../../ui/ErrorBox';
import { describedBy, Field } from '../../ui/Field';
import { plural } from '../../ui/format';
import { Stepper } from '../../ui/Stepper';
import { showToast } from '../../ui/toast-store';

const SECONDS_MIN = 1;
const SECONDS_MAX = 3600;

export function HeartbeatCard({ saved }: { saved: number }) {
  const id = useId();
  // null: what the engine says. A number: what the person set and has not saved yet.
  const [chosen, setChosen] = useState<number | null>(null);
  const seconds = chosen ?? saved;
  const save = useCommand('settings.set');

  async function submit(): Promise<void> {
    const former = saved;
    const answer = await save.run({ heartbeatSeconds: seconds });
    if (!answer) return;
    setChosen(null);
    showToast({
      title: `Heartbeat every ${plural(seconds, 'second')}.`,
      undo: () => void save.run({ heartbeatSeconds: former }),
    });
  }

  return (
    <Card aria-labelledby={`${id}-title`}>
      <CardHeader
        id={`${id}-title`}
        title="Heartbeat"
        hint="How often a node is asked for a sign of life when nothing else is heard from it."
      />
      <form
        className="space-y-4 p-4 sm:p-5"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field
          label="Seconds between heartbeats"
          htmlFor={id}
          hint="Shorter finds a dead node sooner and costs more requests. From 1 to 3,600; 30 is usual."
        >
          <Stepper
            id={id}
            label="seconds"
            testId="settings-heartbeat"
            value={seconds}
            min={SECONDS_MIN}
            max={SECONDS_MAX}
            describedBy={describedBy(id)}
            onChange={setChosen}
          />
        </Field>
        {save.error && <ErrorBox error={save.error} />}
        <Button
          type="submit"
          variant="primary"
          busy={save.busy}
          disabled={save.busy || seconds === saved}
          data-testid="settings-heartbeat-save"
        >
          Save
        </Button>
      </form>
    </Card>
  );
}
