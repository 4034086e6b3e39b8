// The wizard that connects an account: choose a provider, give it a token or sign in, see that it works.
import type { AccountView, ProviderView } from '@automator67/worker';
import { SearchX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorBox } from '../../ui/ErrorBox';
import { PageHeader } from '../../ui/PageHeader';
import { SkeletonRows } from '../../ui/Skeleton';
import { StepTrail } from '../../ui/StepTrail';
import { connectPath } from './account-facts';
import { ChooseStep } from './ChooseStep';
import { rememberClient } from './client-memory';
import { connectBody, draftFor, sharedOf, type Draft } from './connect-draft';
import { ConnectedStep } from './ConnectedStep';
import { CredentialStep } from './CredentialStep';
import { useAccounts, useProviders } from './use-accounts';
import { useConnect, type Attempt } from './use-connect';
import { VerifyStep } from './VerifyStep';

const STEPS = ['Provider', 'Token', 'Connected'];

type ConnectPageProps = { provider?: string };

export function ConnectPage({ provider: id }: ConnectPageProps) {
  const { providers, error, reload } = useProviders();
  const { accounts } = useAccounts();
  const connect = useConnect();
  const [draft, setDraft] = useState<Draft | null>(null);
  const provider = providers?.find((one) => one.id === id);
  const step = stepOf(provider, connect.attempt);
  const { reset } = connect;

  // Another provider is another attempt.
  useEffect(() => reset, [id, reset]);

  const content = useRef<HTMLDivElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    // A form that was refused puts the focus into its field.
    if (!content.current?.contains(document.activeElement)) {
      content.current?.focus({ preventScroll: true });
    }
    window.scrollTo({ top: 0 });
  }, [step]);

  return (
    <>
      <PageHeader
        title={provider ? `Connect ${provider.name}` : 'Connect an account'}
        hint={provider?.summary ?? 'What providers give for free, with where each value was read.'}
      />
      <StepTrail labels={STEPS} here={step} />
      <div ref={content} tabIndex={-1} className="outline-none">
        {error && !providers && <ErrorBox error={error} onRetry={reload} />}
        {!providers && !error && <SkeletonRows rows={6} />}
        {providers && id === undefined && (
          <ChooseStep providers={providers} accounts={accounts ?? []} />
        )}
        {providers && id !== undefined && !provider && <NoProvider id={id} />}
        {provider && (
          <Credential
            provider={provider}
            accounts={accounts ?? []}
            draft={draft?.provider === provider.id ? draft : draftFor(provider)}
            setDraft={setDraft}
            connect={connect}
          />
        )}
      </div>
    </>
  );
}

type CredentialProps = {
  provider: ProviderView;
  accounts: readonly AccountView[];
  draft: Draft;
  setDraft: (draft: Draft | null) => void;
  connect: ReturnType<typeof useConnect>;
};

function Credential({ provider, accounts, draft, setDraft, connect }: CredentialProps) {
  const [, navigate] = useLocation();
  const { attempt } = connect;
  if (attempt.state === 'connected') {
    return (
      <Card>
        <ConnectedStep
          account={attempt.account}
          onAnother={() => {
            setDraft(null);
            navigate(connectPath());
          }}
        />
      </Card>
    );
  }
  if (attempt.state === 'verifying' || attempt.state === 'signing-in') {
    return (
      <Card>
        <VerifyStep name={provider.name} attempt={attempt} onCancel={connect.cancel} />
      </Card>
    );
  }
  return (
    <CredentialStep
      provider={provider}
      draft={draft}
      another={accounts.some((one) => one.provider === provider.id)}
      error={attempt.state === 'refused' ? attempt.error : null}
      onDraft={(change) => setDraft({ ...draft, ...change })}
      onToken={(fields) => void connect.connect(connectBody(draft, fields))}
      onSignIn={() => {
        const client = draft.client.trim();
        rememberClient(provider.id, client);
        void connect.signIn({ provider: provider.id, client, finish: sharedOf(draft) });
      }}
    />
  );
}

function stepOf(provider: ProviderView | undefined, attempt: Attempt): number {
  if (!provider) return 0;
  return attempt.state === 'idle' || attempt.state === 'refused' ? 1 : 2;
}

function NoProvider({ id }: { id: string }) {
  return (
    <Card>
      <EmptyState
        icon={SearchX}
        title={`There is no provider called ${id}`}
        action={
          <Button asChild>
            <Link href={connectPath()}>All providers</Link>
          </Button>
        }
      >
        The address may be mistyped, or a newer version knows it.
      </EmptyState>
    </Card>
  );
}
