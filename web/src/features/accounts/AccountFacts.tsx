import type { AccountView } from '@automator67/worker';
import type { ReactNode } from 'react';
import { RelativeTime } from '../../ui/RelativeTime';
import { identityWords } from './account-facts';
import { TokenAge } from './AccountRow';
import { CapabilityList } from './CapabilityList';
import { TransportBadge } from './TransportBadge';

const SCOPES_SHOWN = 12;

/** Who an account is at its provider, what may be done with it, and how it is reached. */
export function AccountFacts({ account }: { account: AccountView }) {
  const { identity, scopes = [], workspaces = [] } = account;
  const rest = scopes.slice(SCOPES_SHOWN);
  return (
    <dl className="grid gap-x-6 gap-y-4 text-sm sm:grid-cols-2" data-testid="account-facts">
      <Fact label="Identity">
        {identityWords(identity)}
        {identity && (
          <span className="block font-mono text-xs break-all text-muted">{identity.id}</span>
        )}
      </Fact>
      <Fact label="Token">
        <TokenAge account={account} />
        {account.verifiedAt !== undefined && (
          <span className="block text-[13px] text-muted">
            Last taken by the provider <RelativeTime at={account.verifiedAt} />
          </span>
        )}
      </Fact>
      <Fact label="What the token may do">
        {scopes.length === 0 ? (
          'Not told by the provider'
        ) : (
          <>
            <span className="font-mono text-xs break-words">
              {scopes.slice(0, SCOPES_SHOWN).join(', ')}
            </span>
            {rest.length > 0 && (
              <details>
                <summary className="cursor-pointer text-[13px] text-muted">
                  {rest.length} more
                </summary>
                <span className="font-mono text-xs break-words">{rest.join(', ')}</span>
              </details>
            )}
          </>
        )}
      </Fact>
      <Fact label="Capabilities">
        <CapabilityList capabilities={account.capabilities} label="Capabilities" />
      </Fact>
      <Fact label="How requests go">
        <TransportBadge account={account} />
      </Fact>
      {workspaces.length > 0 && (
        <Fact label="Workspaces">{workspaces.map(({ name }) => name).join(', ')}</Fact>
      )}
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="mb-0.5 text-[13px] text-muted">{label}</dt>
      <dd className="break-words text-ink">{children}</dd>
    </div>
  );
}
