// Another credential in the place of the one there is: made by the provider's API where it can, else given by the
// person.
import type { AccountView, Commands, ErrorView, ProviderView } from '@automator67/worker';
import { ExternalLink } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { Button } from '../../ui/Button';
import { DialogForm, FormDialog } from '../../ui/FormDialog';
import { Notice } from '../../ui/Notice';
import { showToast } from '../../ui/toast-store';
import { fieldOf, hasSignIn, sentencesOf } from './account-facts';
import { rememberClient, rememberedClient } from './client-memory';
import { CredentialFields, type CredentialHandle } from './CredentialFields';
import { TokenPage } from './CredentialStep';
import { SignInFields } from './SignInFields';
import { useConnect } from './use-connect';
import { VerifyStep } from './VerifyStep';

type RotateDialogProps = {
  account: AccountView;
  provider: ProviderView;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

type How = 'api' | 'give' | 'sign-in';

export function RotateDialog({ account, provider, open, onOpenChange }: RotateDialogProps) {
  return (
    <FormDialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Another token for ${account.name}`}
      description="The new one is tried first. Until it works, the one there is stays."
      testId="rotate-dialog"
    >
      {(close) => <Form account={account} provider={provider} onDone={close} />}
    </FormDialog>
  );
}

type FormProps = Pick<RotateDialogProps, 'account' | 'provider'> & { onDone: () => void };

function Form({ account, provider, onDone }: FormProps) {
  const ways = waysOf(account, provider);
  const rotate = useCommand('account.rotate');
  const { attempt, signIn, cancel } = useConnect();
  const credentials = useRef<CredentialHandle>(null);
  const [how, setHow] = useState<How>(ways[0]?.how ?? 'give');
  const [values, setValues] = useState<Readonly<Record<string, string>>>(account.settings);
  const [client, setClient] = useState(() => rememberedClient(provider.id));
  const [byHand, setByHand] = useState<ByHand | null>(null);
  const [missing, setMissing] = useState<readonly string[]>([]);
  const refused: ErrorView | null = attempt.state === 'refused' ? attempt.error : rotate.error;
  const atField = refused && how === 'give' ? fieldOf(refused, provider.fields) : null;
  const done = attempt.state === 'connected';

  useEffect(() => {
    if (!done) return;
    onDone();
    showToast({ title: `${account.name} has another token.` });
    // The end of the attempt is what is told, once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [done]);

  async function submit(): Promise<void> {
    if (how === 'sign-in') {
      if (client.trim() === '') return setMissing(['client']);
      rememberClient(provider.id, client.trim());
      const finish = { account: account.id };
      return void signIn({ provider: provider.id, client: client.trim(), finish });
    }
    const empty = how === 'give' ? (credentials.current?.missing() ?? []) : [];
    setMissing(empty);
    if (empty[0] !== undefined) return credentials.current?.focus(empty[0]);
    const fields = how === 'give' ? credentials.current?.take() : undefined;
    const answer = await rotate.run({ account: account.id, ...(fields && { fields }) });
    if (!answer) return;
    // The dialog stays until this is read: the old token still works.
    if (answer.byHand) return setByHand(answer.byHand);
    onDone();
    showToast({
      title: `${account.name} has another token.`,
      ...(how === 'give' && { detail: `End the old one at ${provider.name}.` }),
    });
  }

  if (attempt.state === 'signing-in' || attempt.state === 'verifying') {
    return <VerifyStep name={provider.name} attempt={attempt} onCancel={cancel} />;
  }
  if (byHand) return <EndByHand byHand={byHand} onDone={onDone} />;
  return (
    <DialogForm
      submitLabel={how === 'sign-in' ? `Sign in with ${provider.name}` : 'Replace the token'}
      submitTestId="rotate-submit"
      busy={rotate.busy}
      error={atField ? null : refused}
      onSubmit={() => void submit()}
      onCancel={onDone}
    >
      {ways.length > 1 && <Ways ways={ways} how={how} onHow={setHow} />}
      {how === 'api' && (
        <p className="text-sm text-muted">
          {provider.name} makes a token with the same rights, and the old one is ended once the new
          one works. One that you pasted yourself has to be ended there by you.
        </p>
      )}
      {how === 'give' && (
        <>
          <TokenPage provider={provider} />
          <CredentialFields
            fields={provider.fields}
            values={values}
            errors={{
              ...Object.fromEntries(missing.map((name) => [name, 'This is needed.'])),
              ...(atField && refused && { [atField]: sentencesOf(refused) }),
            }}
            handle={credentials}
            onValue={(name, value) => setValues({ ...values, [name]: value })}
            onInput={() => {
              setMissing([]);
              rotate.clear();
            }}
          />
        </>
      )}
      {how === 'sign-in' && (
        <SignInFields
          provider={provider}
          client={client}
          error={missing.includes('client') ? 'This is needed.' : null}
          onClient={(next) => {
            setMissing([]);
            setClient(next);
          }}
        />
      )}
    </DialogForm>
  );
}

type ByHand = NonNullable<Commands['account.rotate']['res']['byHand']>;

function EndByHand({ byHand, onDone }: { byHand: ByHand; onDone: () => void }) {
  return (
    <div className="space-y-4" data-testid="rotate-by-hand">
      <Notice tone="warn">{byHand.message}</Notice>
      <div className="flex flex-wrap justify-end gap-2">
        <Button asChild>
          <a href={byHand.page} target="_blank" rel="noopener noreferrer">
            <ExternalLink aria-hidden />
            Revoke the old token
          </a>
        </Button>
        <Button variant="primary" onClick={onDone} data-testid="rotate-done">
          Done
        </Button>
      </div>
    </div>
  );
}

type WayOf = { how: How; label: string };

function waysOf(account: AccountView, provider: ProviderView): WayOf[] {
  const ways: WayOf[] = [];
  if (account.capabilities.includes('tokens')) {
    ways.push({ how: 'api', label: `Have ${provider.name} make one` });
  }
  if (provider.fields.length > 0) ways.push({ how: 'give', label: 'Give a new one' });
  if (hasSignIn(provider)) ways.push({ how: 'sign-in', label: 'Sign in again' });
  return ways;
}

type WaysProps = { ways: readonly WayOf[]; how: How; onHow: (how: How) => void };

function Ways({ ways, how, onHow }: WaysProps) {
  const name = useId();
  return (
    <fieldset className="space-y-2 text-sm text-ink">
      <legend className="mb-1.5 text-[13px] font-medium">Where it comes from</legend>
      {ways.map((way) => (
        <label key={way.how} className="flex items-center gap-2.5">
          <input
            type="radio"
            name={name}
            className="size-4 accent-accent"
            checked={how === way.how}
            data-testid={`rotate-${way.how}`}
            onChange={() => onHow(way.how)}
          />
          {way.label}
        </label>
      ))}
    </fieldset>
  );
}
