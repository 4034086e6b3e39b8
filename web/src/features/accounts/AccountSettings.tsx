// What of an account is no secret: which workspace, project, region.
import type { AccountView, ProviderView } from '@automator67/worker';
import { useId, useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { ErrorBox } from '../../ui/ErrorBox';
import { describedBy, Field } from '../../ui/Field';
import { showToast } from '../../ui/toast-store';
import { Select, TextInput } from '../../ui/TextInput';
import { workspaceSetting } from './account-facts';

type AccountSettingsProps = { account: AccountView; provider: ProviderView | undefined };

export function AccountSettings({ account, provider }: AccountSettingsProps) {
  const id = useId();
  const change = useCommand('account.change');
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const workspace = workspaceSetting(account);
  const names = settingNames(account, provider, workspace);
  const changed = Object.entries(typed).filter(
    ([name, value]) => value !== (account.settings[name] ?? ''),
  );
  if (names.length === 0 && workspace === null) return null;

  const valueOf = (name: string) => typed[name] ?? account.settings[name] ?? '';
  const set = (name: string, value: string) => setTyped({ ...typed, [name]: value });

  async function save(): Promise<void> {
    const settings = Object.fromEntries(changed);
    if (!(await change.run({ account: account.id, settings }))) return;
    setTyped({});
    showToast({ title: `The settings of ${account.name} were saved.` });
  }

  return (
    <Card aria-label="Settings">
      <CardHeader title="Settings" hint="Used with every request from now on." />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (changed.length > 0 && !change.busy) void save();
        }}
      >
        <div className="grid gap-5 p-4 sm:grid-cols-2 sm:p-5">
          {workspace !== null && (
            <Field label="Workspace" htmlFor={`${id}-workspace`}>
              <Select
                id={`${id}-workspace`}
                value={valueOf(workspace)}
                data-testid="account-workspace"
                onChange={(event) => set(workspace, event.target.value)}
              >
                {!account.workspaces?.some((one) => one.id === valueOf(workspace)) && (
                  <option value={valueOf(workspace)}>
                    {valueOf(workspace) || 'Choose a workspace'}
                  </option>
                )}
                {account.workspaces?.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </Select>
            </Field>
          )}
          {names.map((name) => {
            const field = provider?.fields.find((one) => one.name === name);
            return (
              <Field
                key={name}
                label={field?.label ?? name}
                htmlFor={`${id}-${name}`}
                hint={field?.hint}
              >
                <TextInput
                  id={`${id}-${name}`}
                  value={valueOf(name)}
                  maxLength={2048}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  data-testid={`account-setting-${name}`}
                  aria-describedby={describedBy(`${id}-${name}`)}
                  onChange={(event) => set(name, event.target.value)}
                />
              </Field>
            );
          })}
        </div>
        {change.error && (
          <div className="px-4 pb-4 sm:px-5">
            <ErrorBox error={change.error} />
          </div>
        )}
        <div className="flex justify-end border-t border-line px-4 py-3 sm:px-5">
          <Button
            type="submit"
            variant="primary"
            busy={change.busy}
            disabled={changed.length === 0 || change.busy}
            data-testid="account-settings-save"
          >
            Save
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** Its own, and the provider's fields that are no secret; not those a person has no business with. */
function settingNames(
  account: AccountView,
  provider: ProviderView | undefined,
  workspace: string | null,
): string[] {
  const fields = (provider?.fields ?? []).filter(({ secret }) => !secret).map(({ name }) => name);
  const all = new Set([...fields, ...Object.keys(account.settings)]);
  return [...all].filter((name) => name !== workspace && name !== 'tokenId');
}
