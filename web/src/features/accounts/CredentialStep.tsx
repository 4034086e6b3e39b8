// Step 2: the token, or signing in, and what else to say about the account.
import type { ErrorView, ProviderView } from '@automator67/worker';
import { ArrowLeft, ExternalLink } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useOnline } from '../../engine/waiting';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { ErrorBox } from '../../ui/ErrorBox';
import { describedBy, Field } from '../../ui/Field';
import { TabPanel, Tabs } from '../../ui/Tabs';
import { TextInput } from '../../ui/TextInput';
import { connectPath, fieldOf, hasSignIn, sentencesOf, withoutLeft } from './account-facts';
import {
  asksForSecond,
  isOfRoute,
  NAME_CHARACTERS_MAX,
  type Draft,
  type Way,
} from './connect-draft';
import { CredentialFields, type CredentialHandle, type FieldErrors } from './CredentialFields';
import { NeedsNetwork } from './NeedsNetwork';
import { RouteFields } from './RouteFields';
import { SecondAccount } from './SecondAccount';
import { SignInFields } from './SignInFields';

type CredentialStepProps = {
  provider: ProviderView;
  draft: Draft;
  /** An account of this provider is connected already. */
  another: boolean;
  /** What the last attempt was refused with. */
  error: ErrorView | null;
  onDraft: (change: Partial<Draft>) => void;
  onToken: (fields: Record<string, string>) => void;
  onSignIn: () => void;
};

export function CredentialStep(props: CredentialStepProps) {
  const { provider, draft, another, error, onDraft, onToken, onSignIn } = props;
  const id = useId();
  const online = useOnline();
  const credentials = useRef<CredentialHandle>(null);
  const [missing, setMissing] = useState<readonly string[]>([]);
  // What was refused is no longer what is typed: its error leaves its field with the first key.
  const [touched, setTouched] = useState(false);
  const shown = touched ? null : error;
  const signIn = draft.way === 'sign-in';
  const atField = shown && !signIn ? fieldOf(shown, provider.fields) : null;
  const atClient = shown && signIn && shown.field === 'client' ? sentencesOf(shown) : null;
  const second = another || asksForSecond(error);
  const atRoute = isOfRoute(shown);
  const elsewhere = atField || atClient || atRoute || asksForSecond(shown) ? null : shown;

  // An attempt that was refused starts where it went wrong.
  useEffect(() => {
    if (atField) credentials.current?.focus(atField);
  }, [atField]);

  const errors: FieldErrors = {
    ...Object.fromEntries(missing.map((name) => [name, 'This is needed.'])),
    ...(atField && shown && { [atField]: sentencesOf(shown) }),
  };

  function submit(): void {
    if (signIn) {
      if (draft.client.trim() === '') return setMissing(['client']);
      return onSignIn();
    }
    const empty = credentials.current?.missing() ?? [];
    setMissing(empty);
    setTouched(true);
    const [first] = empty;
    if (first !== undefined) return credentials.current?.focus(first);
    onToken(credentials.current?.take() ?? {});
  }

  const token = (
    <div className="space-y-5">
      <TokenPage provider={provider} />
      <CredentialFields
        fields={provider.fields}
        values={draft.values}
        errors={errors}
        handle={credentials}
        onValue={(name, value) => onDraft({ values: { ...draft.values, [name]: value } })}
        onInput={() => {
          setMissing([]);
          setTouched(true);
        }}
      />
    </div>
  );
  const signInFields = (
    <div className="space-y-5">
      <SignInFields
        provider={provider}
        client={draft.client}
        error={missing.includes('client') ? 'This is needed.' : atClient}
        onClient={(client) => {
          setMissing([]);
          setTouched(true);
          onDraft({ client });
        }}
      />
    </div>
  );

  return (
    <Card>
      <form
        noValidate
        autoComplete="off"
        aria-label={`Connect ${provider.name}`}
        data-testid="connect-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (online) submit();
        }}
      >
        <div className="max-w-2xl space-y-5 p-4 sm:p-6">
          {hasSignIn(provider) && provider.fields.length > 0 ? (
            <Tabs
              label="How to connect"
              value={draft.way}
              onChange={(way) => {
                setMissing([]);
                onDraft({ way: way as Way });
              }}
              tabs={[
                { id: 'token', label: 'Paste a token' },
                { id: 'sign-in', label: `Sign in with ${provider.name}` },
              ]}
            >
              <TabPanel id="token">{token}</TabPanel>
              <TabPanel id="sign-in">{signInFields}</TabPanel>
            </Tabs>
          ) : signIn ? (
            signInFields
          ) : (
            token
          )}
          <Field
            label="Name"
            optional
            htmlFor={`${id}-name`}
            hint="What you call this account here."
          >
            <TextInput
              id={`${id}-name`}
              value={draft.name}
              maxLength={NAME_CHARACTERS_MAX}
              autoComplete="off"
              placeholder={provider.name}
              data-testid="connect-name"
              aria-describedby={describedBy(`${id}-name`)}
              onChange={(event) => onDraft({ name: event.target.value })}
            />
          </Field>
          {second && (
            <SecondAccount
              provider={provider}
              error={asksForSecond(error) ? error : null}
              checked={draft.second}
              onChange={(checked) => onDraft({ second: checked })}
            />
          )}
          <details className="text-sm" open={isOfRoute(error) || undefined}>
            <summary className="cursor-pointer font-medium text-ink" data-testid="connect-advanced">
              Advanced
            </summary>
            <div className="mt-4 space-y-5">
              <RouteFields
                provider={provider}
                route={draft}
                automatic="Automatic: the first that works"
                error={shown}
                onChange={(route) => {
                  setTouched(true);
                  onDraft(route);
                }}
              />
              <Field
                label="Endpoint"
                optional
                htmlFor={`${id}-endpoint`}
                hint="Another address instead of the provider’s: a compatible service of your own."
                error={shown?.field === 'endpoint' ? sentencesOf(shown) : null}
              >
                <TextInput
                  id={`${id}-endpoint`}
                  value={draft.endpoint}
                  inputMode="url"
                  autoComplete="off"
                  spellCheck={false}
                  data-testid="connect-endpoint"
                  aria-invalid={shown?.field === 'endpoint'}
                  aria-describedby={describedBy(`${id}-endpoint`)}
                  onChange={(event) => {
                    setTouched(true);
                    onDraft({ endpoint: event.target.value });
                  }}
                />
              </Field>
            </div>
          </details>
          {elsewhere && <ErrorBox error={withoutLeft(elsewhere)} />}
          {!online && <NeedsNetwork />}
        </div>
        <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line px-4 py-3.5 sm:px-6">
          <Button asChild variant="ghost">
            <Link href={connectPath()} data-testid="connect-back">
              <ArrowLeft aria-hidden />
              Another provider
            </Link>
          </Button>
          <Button type="submit" variant="primary" disabled={!online} data-testid="connect-submit">
            {signIn && <ExternalLink aria-hidden />}
            {signIn ? `Sign in with ${provider.name}` : 'Connect'}
          </Button>
        </div>
      </form>
    </Card>
  );
}

export function TokenPage({ provider }: { provider: ProviderView }) {
  return (
    <div className="rounded-xl border border-line bg-canvas p-4 dark:bg-sunken">
      <p className="text-sm text-ink">
        Make a token at {provider.name}, with no more rights than it needs:
      </p>
      <p className="mt-1 text-sm break-words text-muted" data-testid="least-scopes">
        {provider.leastScopes}
      </p>
      <Button asChild size="sm" className="mt-3 max-w-full">
        <a
          href={provider.tokenPage}
          target="_blank"
          rel="noopener noreferrer"
          data-testid="token-page"
        >
          <ExternalLink aria-hidden />
          Open the token page<span className="sr-only">, in a new window</span>
        </a>
      </Button>
    </div>
  );
}
