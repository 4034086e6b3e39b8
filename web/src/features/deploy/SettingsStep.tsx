import { ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import { useApps } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';
import { describedBy, Field } from '../../ui/Field';
import { Notice } from '../../ui/Notice';
import { Stepper } from '../../ui/Stepper';
import { TextInput } from '../../ui/TextInput';
import { AdvancedFields } from './AdvancedFields';
import { ChosenSource } from './ChosenSource';
import { deployStore, type Draft } from './deploy-draft';
import { EnvEditor } from '../../ui/EnvEditor';
import { StepFooter } from './StepFooter';
import {
  envNameProblem,
  hostsProblem,
  nameProblem,
  pathProblem,
  splitHosts,
} from '../../engine/validate';

const REPLICAS_MAX = 100;
const OWN_FIELDS = [
  'name',
  'replicas',
  'healthPath',
  'build',
  'start',
  'memoryMb',
  'policy',
  'runtime',
  'hosts',
];
const ADVANCED_FIELDS = ['build', 'start', 'memoryMb', 'policy', 'runtime', 'hosts'];

function isShownAtField(field: string): boolean {
  return OWN_FIELDS.includes(field) || field.startsWith('env') || field.startsWith('hosts');
}

export function SettingsStep({ draft }: { draft: Draft }) {
  const { settings, fieldError } = draft;
  const apps = useApps();
  const nameId = useId();
  const replicasId = useId();
  const healthId = useId();
  const [checked, setChecked] = useState(false);
  const field = fieldError?.field ?? '';
  const [advanced, setAdvanced] = useState(
    ADVANCED_FIELDS.some((one) => field.startsWith(one) || draft.touched.has(one as 'build')),
  );
  const existing = apps.find((app) => app.name === settings.name);
  const engineError = (name: string) => (field === name ? (fieldError?.message ?? null) : null);
  const nameError =
    (checked || settings.name !== '' ? nameProblem(settings.name) : null) ?? engineError('name');
  const healthError = pathProblem(settings.healthPath) ?? engineError('healthPath');
  const valid =
    nameProblem(settings.name) === null &&
    pathProblem(settings.healthPath) === null &&
    hostsProblem(splitHosts(settings.hosts)) === null &&
    settings.env.every((row) =>
      row.name === '' ? row.value === '' : envNameProblem(row.name) === null,
    );

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (valid) deployStore.change({ step: 'plan', plan: null, fieldError: null });
        else if (hostsProblem(splitHosts(settings.hosts))) setAdvanced(true);
      }}
    >
      <div className="space-y-6 p-4 sm:p-6">
        <ChosenSource draft={draft} />
        {fieldError && !isShownAtField(field) && <ErrorBox error={fieldError} />}
        <div className="grid gap-6 sm:grid-cols-2">
          <Field
            label="App name"
            htmlFor={nameId}
            error={nameError}
            hint={existing ? undefined : `Its address will end in /@${settings.name || 'name'}/`}
          >
            <TextInput
              id={nameId}
              data-testid="deploy-name"
              autoComplete="off"
              spellCheck={false}
              value={settings.name}
              aria-invalid={Boolean(nameError)}
              aria-describedby={describedBy(nameId)}
              onChange={(event) => deployStore.set('name', event.target.value)}
            />
          </Field>
          <Field
            label="Replicas"
            htmlFor={replicasId}
            error={engineError('replicas')}
            hint="Running copies, spread over your nodes."
          >
            <Stepper
              id={replicasId}
              label="replicas"
              testId="deploy-replicas"
              value={settings.replicas}
              min={1}
              max={REPLICAS_MAX}
              describedBy={describedBy(replicasId)}
              onChange={(value) => deployStore.set('replicas', value)}
            />
          </Field>
        </div>
        {existing && (
          <Notice tone="busy">
            {existing.name} exists already: this becomes its next release. The current one keeps
            serving until the new one is healthy.
          </Notice>
        )}
        <EnvEditor
          rows={settings.env}
          known={existing?.envNames ?? []}
          knownHint="They stay if you set none here; what you set here replaces all of them."
          error={field.startsWith('env') ? fieldError : null}
          onChange={(rows) => deployStore.set('env', rows)}
        />
        <Field
          label="Health path"
          optional
          htmlFor={healthId}
          error={healthError}
          hint="A replica gets requests once this path answers 2xx or 3xx. Without one, an open port is enough."
        >
          <TextInput
            id={healthId}
            data-testid="deploy-health"
            placeholder="/healthz"
            className="font-mono sm:max-w-xs"
            spellCheck={false}
            value={settings.healthPath}
            aria-invalid={Boolean(healthError)}
            aria-describedby={describedBy(healthId)}
            onChange={(event) => deployStore.set('healthPath', event.target.value)}
          />
        </Field>
        <details
          open={advanced}
          onToggle={(event) => setAdvanced(event.currentTarget.open)}
          className="group rounded-xl border border-line"
        >
          <summary className="flex cursor-pointer list-none items-center gap-2 rounded-xl px-4 py-3 text-sm font-medium text-ink [&::-webkit-details-marker]:hidden">
            <ChevronRight
              className="size-4 text-muted transition-transform group-open:rotate-90"
              aria-hidden
            />
            Advanced
            <span className="font-normal text-muted">build, start, memory, balancing, hosts</span>
          </summary>
          <AdvancedFields settings={settings} error={fieldError} />
        </details>
      </div>
      <StepFooter onBack={() => deployStore.change({ step: 'source' })}>
        <Button type="submit" variant="primary" data-testid="deploy-next">
          See the plan
        </Button>
      </StepFooter>
    </form>
  );
}
