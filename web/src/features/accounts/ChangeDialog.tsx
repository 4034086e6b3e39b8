// Another name, another way for the requests to go.
import type { AccountView, Commands, ProviderView } from '@automator67/worker';
import { useId, useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { describedBy, Field } from '../../ui/Field';
import { DialogForm, FormDialog } from '../../ui/FormDialog';
import { TextInput } from '../../ui/TextInput';
import { showToast } from '../../ui/toast-store';
import { isTransport, TRANSPORT_WORDS } from './account-facts';
import { isOfRoute, NAME_CHARACTERS_MAX } from './connect-draft';
import { RouteFields, type RouteValues } from './RouteFields';

type ChangeDialogProps = {
  account: AccountView;
  provider: ProviderView | undefined;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

export function ChangeDialog({ account, provider, open, onOpenChange }: ChangeDialogProps) {
  return (
    <FormDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Change ${account.name}`}
      testId="change-account-dialog"
    >
      {(close) => <Form account={account} provider={provider} onDone={close} />}
    </FormDialog>
  );
}

type FormProps = Pick<ChangeDialogProps, 'account' | 'provider'> & { onDone: () => void };

function Form({ account, provider, onDone }: FormProps) {
  const id = useId();
  const change = useCommand('account.change');
  const [name, setName] = useState(account.name);
  const [route, setRoute] = useState<RouteValues>({ transport: '', relay: '' });

  /** What is left out stays as it is. */
  function changes(): Commands['account.change']['req'] {
    return {
      account: account.id,
      ...(name.trim() !== account.name && { name: name.trim() }),
      ...(isTransport(route.transport) && { transport: route.transport }),
      ...(route.transport === 'relay' && route.relay !== '' && { relay: route.relay }),
    };
  }

  async function save(): Promise<void> {
    const body = changes();
    if (Object.keys(body).length === 1) return onDone();
    const answer = await change.run(body);
    if (!answer) return;
    onDone();
    showToast({ title: `${answer.account.name} was changed.` });
  }

  return (
    <DialogForm
      submitLabel="Save"
      submitTestId="change-account-save"
      busy={change.busy}
      disabled={name.trim() === ''}
      error={isOfRoute(change.error) ? null : change.error}
      onSubmit={() => void save()}
      onCancel={onDone}
    >
      <Field
        label="Name"
        htmlFor={`${id}-name`}
        error={name.trim() === '' ? 'Give the account a name.' : null}
      >
        <TextInput
          id={`${id}-name`}
          value={name}
          maxLength={NAME_CHARACTERS_MAX}
          autoComplete="off"
          data-testid="account-name"
          aria-invalid={name.trim() === ''}
          aria-describedby={describedBy(`${id}-name`)}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <RouteFields
        provider={provider}
        route={route}
        automatic={`As it is: ${TRANSPORT_WORDS[account.transport].toLowerCase()}`}
        error={change.error}
        onChange={(part) => setRoute({ ...route, ...part })}
      />
    </DialogForm>
  );
}
