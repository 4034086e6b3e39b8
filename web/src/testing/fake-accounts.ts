// Made-up providers and accounts for tests and the dev harness. No real provider is among them: the page knows none.
import type { AccountView, PolicyValue, ProviderView, TraceView } from '@automator67/worker';

const DAY_MS = 86_400_000;

export function makeValue(change: Partial<PolicyValue> & { key: string }): PolicyValue {
  return {
    label: change.key,
    source: 'https://docs.harbor.example/free',
    date: '2026-11-23',
    trust: 'documented',
    stale: false,
    ...change,
  };
}

const VALUES: readonly PolicyValue[] = [
  makeValue({ key: 'free.compute', label: 'Free compute time', value: 750, unit: 'hours a month' }),
  makeValue({
    key: 'free.memory',
    label: 'Memory of a free instance',
    value: 512,
    unit: 'MB',
    source: 'third parties',
    date: '2026-01-23',
    trust: 'reported',
    stale: true,
  }),
  makeValue({
    key: 'free.egress',
    label: 'Free outgoing traffic',
    trust: 'unknown',
    note: 'Metered; the free amount was not found.',
  }),
  makeValue({
    key: 'sleep.after',
    label: 'Sleeps after so long without traffic',
    value: 15,
    unit: 'minutes',
  }),
  makeValue({ key: 'card.needed', label: 'Needs a card', value: false, trust: 'staff' }),
  makeValue({ key: 'regions', label: 'Regions of the free plan', value: ['oslo', 'lima'] }),
  makeValue({ key: 'accounts.per_person', label: 'Accounts a person may have', value: 1 }),
  makeValue({ key: 'cors.api', label: 'Answers a web page directly', value: 'any origin' }),
];

export function makeProvider(change: Partial<ProviderView> = {}): ProviderView {
  return {
    id: 'harbor',
    name: 'Harbor Cloud',
    summary: '750 hours a month of one small service that sleeps after 15 minutes.',
    capabilities: ['compute.image', 'compute.git', 'usage'],
    operations: ['service.list', 'service.remove', 'usage.get'],
    fields: [
      {
        name: 'apiKey',
        label: 'API key',
        secret: true,
        required: true,
        hint: 'Begins with hbr_.',
      },
      { name: 'project', label: 'Project', secret: false, required: false },
    ],
    tokenPage: 'https://harbor.example/settings/keys',
    leastScopes: 'services:write, and nothing else',
    transports: ['direct', 'rewrite', 'relay'],
    values: [...VALUES],
    oauth: 'none',
    ...change,
  };
}

/** A second one, that is signed in at and keeps data. */
export function makeDataProvider(change: Partial<ProviderView> = {}): ProviderView {
  return makeProvider({
    id: 'delta',
    name: 'Deltabase',
    summary: 'Ten databases of 500 MB, asked over HTTP.',
    capabilities: ['sql.http', 'objects', 'oauth', 'tokens'],
    operations: ['database.list', 'database.remove', 'bucket.list', 'token.create'],
    fields: [{ name: 'token', label: 'Access token', secret: true, required: true }],
    tokenPage: 'https://delta.example/tokens',
    leastScopes: 'databases:read-write',
    values: [
      makeValue({ key: 'free.databases', label: 'Free databases', value: 10, unit: 'databases' }),
      makeValue({ key: 'card.needed', label: 'Needs a card', value: true }),
    ],
    oauth: 'pkce',
    oauthNote: 'Register an application of your own there first.',
    ...change,
  });
}

export function makeAccount(change: Partial<AccountView> = {}): AccountView {
  const now = Date.now();
  return {
    id: 'harbor',
    provider: 'harbor',
    providerName: 'Harbor Cloud',
    name: 'Team harbor',
    state: 'ok',
    identity: { id: 'usr-1', name: 'Ada', email: 'ada@example.com' },
    scopes: ['services:write'],
    workspaces: [
      { id: 'w-1', name: 'Team' },
      { id: 'w-2', name: 'Own' },
    ],
    capabilities: ['compute.image', 'compute.git', 'usage'],
    operations: ['service.list', 'service.remove', 'usage.get'],
    settings: { owner: 'w-1' },
    transport: 'rewrite',
    sees: 'The host of this page sees the requests and the token.',
    connectedAt: now - 40 * DAY_MS,
    verifiedAt: now - 3_600_000,
    credentialAt: now - 40 * DAY_MS,
    expiresAt: now + 20 * DAY_MS,
    ...change,
  };
}

export function makeTrace(change: Partial<TraceView> = {}): TraceView {
  return {
    at: Date.now() - 4000,
    operation: 'service.list',
    method: 'GET',
    path: '/v1/services',
    status: 200,
    tookMs: 214,
    ...change,
  };
}
