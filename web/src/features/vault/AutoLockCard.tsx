import { useId, useSyncExternalStore } from 'react';
import { Card, CardHeader } from '../../ui/Card';
import { describedBy, Field } from '../../ui/Field';
import { plural } from '../../ui/format';
import { Select } from '../../ui/TextInput';
import { autoLockStore, HIDDEN_MINUTES, IDLE_MINUTES } from './auto-lock';

const MINUTES_PER_HOUR = 60;

function after(minutes: number): string {
  if (minutes === 0) return 'Never';
  if (minutes < MINUTES_PER_HOUR) return `After ${plural(minutes, 'minute')}`;
  return `After ${plural(minutes / MINUTES_PER_HOUR, 'hour')}`;
}

export function AutoLockCard() {
  const id = useId();
  const settings = useSyncExternalStore(autoLockStore.subscribe, autoLockStore.snapshot);
  return (
    <Card aria-labelledby={`${id}-title`}>
      <CardHeader
        id={`${id}-title`}
        title="Lock by itself"
        hint="Your apps keep running while it is locked, but nothing is repaired or moved meanwhile. A rollout is waited for."
      />
      <div className="grid gap-4 p-4 sm:grid-cols-2 sm:p-5">
        <Field
          label="When nobody touches it"
          htmlFor={`${id}-idle`}
          hint="No key and no pointer in any tab of it."
        >
          <Select
            id={`${id}-idle`}
            value={settings.idleMinutes}
            data-testid="auto-lock-idle"
            aria-describedby={describedBy(`${id}-idle`)}
            onChange={(event) => autoLockStore.set({ idleMinutes: Number(event.target.value) })}
          >
            {IDLE_MINUTES.map((minutes) => (
              <option key={minutes} value={minutes}>
                {after(minutes)}
              </option>
            ))}
          </Select>
        </Field>
        <Field
          label="When it is out of sight"
          htmlFor={`${id}-hidden`}
          hint="Every tab of it hidden or minimised."
        >
          <Select
            id={`${id}-hidden`}
            value={settings.hiddenMinutes}
            data-testid="auto-lock-hidden"
            aria-describedby={describedBy(`${id}-hidden`)}
            onChange={(event) => autoLockStore.set({ hiddenMinutes: Number(event.target.value) })}
          >
            {HIDDEN_MINUTES.map((minutes) => (
              <option key={minutes} value={minutes}>
                {after(minutes)}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    </Card>
  );
}
