// Changes an app by a new release of what already runs: same source, other settings. Only what was
// changed is sent, so everything else stays as it is.
import type { AppView, DeployRequest } from '@automator67/worker';
import { useId, useState } from 'react';
import { hostsProblem, envNameProblem, pathProblem, splitHosts } from '../../engine/validate';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { EnvEditor, type EnvRow } from '../../ui/EnvEditor';
import { ErrorBox } from '../../ui/ErrorBox';
import { describedBy, Field } from '../../ui/Field';
import { isRolling } from '../../ui/states';
import { useAppActions } from './use-app-actions';
import { Select, TextInput } from '../../ui/TextInput';

type Policy = NonNullable<DeployRequest['policy']>;

const POLICIES: Record<Policy, string> = {
  weighted: 'Weighted score',
  'round-robin': 'Round robin',
  'least-connections': 'Least connections',
  latency: 'Lowest latency',
};

type Form = {
  env: readonly EnvRow[];
  healthPath: string;
  memoryMb: string;
  hosts: string;
  policy: string;
};

function formOf(app: AppView): Form {
  return {
    env: [],
    healthPath: app.health.path ?? '',
    memoryMb: app.memoryMb === 0 ? '' : String(app.memoryMb),
    hosts: app.hosts.join(', '),
    policy: app.policy,
  };
}

function changesOf(form: Form, app: AppView): Partial<DeployRequest> {
  const before = formOf(app);
  const env = form.env.filter((row) => row.name !== '');
  return {
    ...(env.length > 0 && { env: Object.fromEntries(env.map((row) => [row.name, row.value])) }),
    ...(form.healthPath !== before.healthPath && { healthPath: form.healthPath }),
    ...(form.memoryMb !== before.memoryMb && { memoryMb: Number(form.memoryMb) }),
    ...(form.hosts !== before.hosts && { hosts: splitHosts(form.hosts) }),
    ...(form.policy !== before.policy && { policy: form.policy as Policy }),
  };
}

export function SettingsTab({ app }: { app: AppView }) {
  const id = useId();
  const [form, setForm] = useState(() => formOf(app));
  const { redeploy, busy, error } = useAppActions(app);
  const changes = changesOf(form, app);
  const changed = Object.keys(changes).length > 0;
  const set = (part: Partial<Form>) => setForm((old) => ({ ...old, ...part }));
  const field = error?.field ?? '';
  const at = (name: string) => (field.startsWith(name) ? (error?.message ?? null) : null);
  const healthProblem = pathProblem(form.healthPath);
  const healthError = healthProblem ?? at('healthPath');
  const hostsError = hostsProblem(splitHosts(form.hosts)) ?? at('hosts');
  const shownAtField = ['env', 'healthPath', 'hosts', 'memoryMb', 'policy'].some((one) =>
    field.startsWith(one),
  );
  const valid =
    healthProblem === null &&
    hostsProblem(splitHosts(form.hosts)) === null &&
    form.env.every((row) =>
      row.name === '' ? row.value === '' : envNameProblem(row.name) === null,
    );

  return (
    <Card>
      <CardHeader
        title="Settings"
        hint="Applied by a rolling release of the same code; requests go on being answered."
      />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (valid && changed && app.release) {
            void redeploy(changes, (after) => setForm(formOf(after)));
          }
        }}
      >
        <div className="space-y-6 p-4 sm:p-5">
          <EnvEditor
            rows={form.env}
            known={app.envNames}
            knownHint="They stay; add new ones, or set new values, below."
            error={field.startsWith('env') ? error : null}
            onChange={(env) => set({ env })}
          />
          <div className="grid gap-5 sm:grid-cols-2">
            <Field label="Health path" optional htmlFor={`${id}-health`} error={healthError}>
              <TextInput
                id={`${id}-health`}
                data-testid="app-health"
                className="font-mono"
                placeholder="/healthz"
                value={form.healthPath}
                aria-invalid={Boolean(healthError)}
                aria-describedby={describedBy(`${id}-health`)}
                onChange={(event) => set({ healthPath: event.target.value })}
              />
            </Field>
            <Field label="Balancing" htmlFor={`${id}-policy`} error={at('policy')}>
              <Select
                id={`${id}-policy`}
                data-testid="app-policy"
                value={form.policy}
                onChange={(event) => set({ policy: event.target.value })}
              >
                {Object.entries(POLICIES).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            </Field>
            <Field
              label="Memory per replica, MB"
              optional
              htmlFor={`${id}-memory`}
              error={at('memoryMb')}
              hint="Empty or 0: no limit."
            >
              <TextInput
                id={`${id}-memory`}
                data-testid="app-memory"
                inputMode="numeric"
                value={form.memoryMb}
                aria-describedby={describedBy(`${id}-memory`)}
                onChange={(event) =>
                  set({ memoryMb: event.target.value.replace(/\D/g, '').slice(0, 7) })
                }
              />
            </Field>
            <Field
              label="Host names"
              optional
              htmlFor={`${id}-hosts`}
              error={hostsError}
              hint="Separated by commas."
            >
              <TextInput
                id={`${id}-hosts`}
                data-testid="app-hosts"
                placeholder="app.example.com"
                value={form.hosts}
                aria-invalid={Boolean(hostsError)}
                aria-describedby={describedBy(`${id}-hosts`)}
                onChange={(event) => set({ hosts: event.target.value })}
              />
            </Field>
          </div>
          {error && !shownAtField && <ErrorBox error={error} />}
        </div>
        <div className="flex justify-end gap-2 border-t border-line px-4 py-3.5 sm:px-5">
          <Button disabled={!changed || busy !== null} onClick={() => setForm(formOf(app))}>
            Discard
          </Button>
          <Button
            type="submit"
            variant="primary"
            data-testid="app-settings-save"
            busy={busy !== null}
            disabled={!changed || busy !== null || !app.release || isRolling(app.deployment)}
          >
            Apply by a new release
          </Button>
        </div>
      </form>
    </Card>
  );
}
