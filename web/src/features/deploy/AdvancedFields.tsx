import type { ErrorView } from '@automator67/worker';
import { useId } from 'react';
import { describedBy, Field } from '../../ui/Field';
import { Select, TextInput } from '../../ui/TextInput';
import { deployStore, type Settings } from './deploy-draft';
import { hostsProblem, splitHosts } from '../../engine/validate';

const RUNTIMES: Record<Settings['runtime'], string> = {
  auto: 'Find out by itself',
  node: 'Node.js',
  python: 'Python',
  procfile: 'Procfile',
  static: 'Static site',
  binary: 'Binary',
};

const POLICIES: Record<Settings['policy'], string> = {
  '': 'As it is (weighted score by default)',
  weighted: 'Weighted score',
  'round-robin': 'Round robin',
  'least-connections': 'Least connections',
  latency: 'Lowest latency',
};

type AdvancedFieldsProps = { settings: Settings; error: ErrorView | null };

export function AdvancedFields({ settings, error }: AdvancedFieldsProps) {
  const id = useId();
  const at = (field: string) => (error?.field?.startsWith(field) ? error.message : null);
  const hostsError = hostsProblem(splitHosts(settings.hosts)) ?? at('hosts');
  return (
    <div className="grid gap-5 border-t border-line p-4 sm:grid-cols-2">
      <Field label="Runtime" htmlFor={`${id}-runtime`} error={at('runtime')}>
        <Select
          id={`${id}-runtime`}
          data-testid="deploy-runtime"
          value={settings.runtime}
          onChange={(event) =>
            deployStore.set('runtime', event.target.value as Settings['runtime'])
          }
        >
          {Object.entries(RUNTIMES).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="Balancing" htmlFor={`${id}-policy`} error={at('policy')}>
        <Select
          id={`${id}-policy`}
          data-testid="deploy-policy"
          value={settings.policy}
          onChange={(event) => deployStore.set('policy', event.target.value as Settings['policy'])}
        >
          {Object.entries(POLICIES).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </Field>
      <Field
        label="Build command"
        optional
        htmlFor={`${id}-build`}
        error={at('build')}
        hint="Run once on each node."
      >
        <TextInput
          id={`${id}-build`}
          data-testid="deploy-build"
          className="font-mono"
          placeholder="npm ci && npm run build"
          spellCheck={false}
          value={settings.build}
          aria-describedby={describedBy(`${id}-build`)}
          onChange={(event) => deployStore.set('build', event.target.value)}
        />
      </Field>
      <Field
        label="Start command"
        optional
        htmlFor={`${id}-start`}
        error={at('start')}
        hint="Must serve on the port in $PORT."
      >
        <TextInput
          id={`${id}-start`}
          data-testid="deploy-start-command"
          className="font-mono"
          placeholder="node server.js"
          spellCheck={false}
          value={settings.start}
          aria-describedby={describedBy(`${id}-start`)}
          onChange={(event) => deployStore.set('start', event.target.value)}
        />
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
          data-testid="deploy-memory"
          inputMode="numeric"
          placeholder="256"
          value={settings.memoryMb}
          aria-describedby={describedBy(`${id}-memory`)}
          onChange={(event) =>
            deployStore.set('memoryMb', event.target.value.replace(/\D/g, '').slice(0, 7))
          }
        />
      </Field>
      <Field
        label="Host names"
        optional
        htmlFor={`${id}-hosts`}
        error={hostsError}
        hint="Names the gateways answer for this app, separated by commas."
      >
        <TextInput
          id={`${id}-hosts`}
          data-testid="deploy-hosts"
          placeholder="app.example.com"
          spellCheck={false}
          value={settings.hosts}
          aria-invalid={Boolean(hostsError)}
          aria-describedby={describedBy(`${id}-hosts`)}
          onChange={(event) => deployStore.set('hosts', event.target.value)}
        />
      </Field>
    </div>
  );
}
