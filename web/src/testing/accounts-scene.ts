// What the harness's engine says of providers and accounts; what is done to them is seen.
import { EngineError, type AccountView, type ProviderView } from '@automator67/worker';
import { makeAccount, makeDataProvider, makeProvider, makeTrace, makeValue } from './fake-accounts';
import type { FakeClient } from './fake-client';

const DAY_MS = 86_400_000;

function providersOf(): ProviderView[] {
  return [
    makeDataProvider(),
    makeProvider(),
    makeProvider({
      id: 'papermill',
      name: 'Papermill',
      summary: 'Static sites and functions without sleep; 100 GB of traffic a month.',
      capabilities: ['static.upload', 'edge.function', 'domains'],
      oauth: 'implicit',
      values: [
        makeValue({
          key: 'free.egress',
          label: 'Free outgoing traffic',
          value: 100,
          unit: 'GB a month',
        }),
        makeValue({ key: 'free.requests', label: 'Free requests', value: 100000, unit: 'a day' }),
        makeValue({ key: 'card.needed', label: 'Needs a card', value: false }),
        makeValue({ key: 'use.commercial', label: 'Commercial use allowed', value: false }),
        makeValue({
          key: 'cors.api',
          label: 'Answers a web page directly',
          value: 'unknown',
          trust: 'unknown',
        }),
      ],
    }),
  ];
}

function accountsOf(): AccountView[] {
  return [
    makeAccount(),
    makeAccount({
      id: 'delta',
      provider: 'delta',
      providerName: 'Deltabase',
      name: 'Deltabase',
      state: 'refused',
      capabilities: ['sql.http', 'objects', 'oauth', 'tokens'],
      operations: [
        'database.list',
        'database.remove',
        'bucket.list',
        'object.list',
        'object.get',
        'object.put',
        'object.remove',
        'document.query',
        'document.remove',
        'token.create',
      ],
      workspaces: [],
      settings: {},
      transport: 'direct',
      sees: 'Nobody but the provider.',
      expiresAt: Date.now() - DAY_MS,
      problem: {
        code: 'unauthorized',
        message: 'Deltabase refused the token: it was revoked.',
        hint: 'Make another one and give it to this account.',
      },
    }),
  ];
}

export function addAccounts(client: FakeClient, scene: string): void {
  let providers = providersOf();
  let accounts = scene === 'busy' || scene === 'trouble' ? accountsOf() : [];
  const find = (id: string) => accounts.find((one) => one.id === id) ?? makeAccount({ id });
  const put = (account: AccountView) => {
    accounts = [...accounts.filter((one) => one.id !== account.id), account];
    client.emit('account.changed', { account });
    return { account };
  };
  client.answer('provider.list', () => ({ providers }));
  client.answer('account.list', () => ({ accounts }));
  client.answer('account.get', ({ account }) => ({
    account: find(account),
    trace: [
      makeTrace(),
      makeTrace({ operation: 'usage.get', path: '/v1/usage', status: 429, error: 'rate_limited' }),
      makeTrace({ operation: 'account.verify', path: '/v1/users/me', tookMs: 412 }),
    ],
    breaks: [
      'Its credential is erased from this vault. The token itself stays valid there: end it there.',
      'What runs or is stored there goes on and may go on to cost.',
    ],
  }));
  client.answer('provider.override', ({ provider, key, value, note }) => {
    providers = providers.map((one) =>
      one.id === provider
        ? {
            ...one,
            values: one.values.map((old) =>
              old.key === key ? { ...old, overridden: value, overrideNote: note } : old,
            ),
          }
        : one,
    );
    const changed = providers.find((one) => one.id === provider) ?? makeProvider();
    return { provider: changed };
  });
  client.answer('provider.probe', async () => {
    await wait(600);
    return {
      transports: [
        {
          transport: 'direct',
          verdict: 'blocked',
          sees: 'Nobody but the provider.',
          why: 'It does not answer web pages.',
        },
        {
          transport: 'rewrite',
          verdict: 'works',
          sees: 'The host of this page sees the requests.',
        },
      ],
    };
  });
  client.answer('account.connect', async ({ provider, fields, name, second }) => {
    await wait(1500);
    const of = providers.find((one) => one.id === provider) ?? makeProvider();
    if (Object.values(fields).includes('wrong')) {
      throw new EngineError({
        code: 'unauthorized',
        message: `${of.name} refused the token: it is unknown there.`,
        hint: 'Copy it again, whole.',
      });
    }
    if (!second && accounts.some((one) => one.provider === provider)) {
      throw new EngineError({
        code: 'conflict',
        field: 'second',
        message: `There is an account of ${of.name} already. ${of.name} allows 1 a person.`,
        hint: 'Pooling several accounts of one person breaks most terms of service.',
      });
    }
    return put(
      makeAccount({
        id: `${provider}-2`,
        provider,
        providerName: of.name,
        name: name ?? of.name,
        capabilities: of.capabilities,
        operations: of.operations,
      }),
    );
  });
  client.answer('account.verify', async ({ account }) => {
    await wait(700);
    return put({ ...find(account), verifiedAt: Date.now() });
  });
  client.answer('account.change', ({ account, name, settings }) =>
    put({
      ...find(account),
      ...(name !== undefined && { name }),
      settings: { ...find(account).settings, ...settings },
    }),
  );
  client.answer('account.disconnect', ({ account }) => {
    accounts = accounts.filter((one) => one.id !== account);
    client.emit('account.removed', { account });
    return {};
  });
  client.answer('account.run', async ({ operation }) => {
    await wait(300);
    return { output: OUTPUTS[operation] ?? {} };
  });
  client.answer('oauth.begin', () => ({ url: 'https://delta.example/authorize', state: 'fake' }));
}

const OUTPUTS: Readonly<Record<string, unknown>> = {
  'usage.get': {
    lines: [
      {
        metric: 'Compute time',
        used: 412,
        limit: 750,
        unit: 'hours',
        resetsAt: Date.now() + 5 * DAY_MS,
      },
      { metric: 'Outgoing traffic', used: 93, limit: 100, unit: 'GB' },
      { metric: 'Builds', used: 7 },
    ],
  },
  'service.list': {
    services: [
      {
        id: 'srv-1',
        name: 'guestbook',
        state: 'live',
        url: 'https://guestbook.harbor.example',
        region: 'oslo',
        plan: 'free',
      },
      { id: 'srv-2', name: 'half-made', state: 'incomplete', detail: 'Its deployment is missing.' },
    ],
  },
  'database.list': { databases: [] },
  'bucket.list': { buckets: [{ name: 'photos', region: 'lima' }] },
  'object.list': {
    objects: [
      { key: '2025/harbour.jpg', size: 812_345, changedAt: Date.now() - 90 * DAY_MS },
      { key: '2026/boats.jpg', size: 2_812_345, changedAt: Date.now() - 2 * DAY_MS },
      { key: 'a-name-that-is-long-enough-to-need-two-lines-on-a-phone.tar.gz', size: 73_400_320 },
      { key: 'index.html', size: 4096, changedAt: Date.now() - 3_600_000 },
    ],
    after: 'more',
  },
  'document.query': {
    documents: [
      { id: 'note-1', value: { title: 'Buy rope', done: false, tags: ['boat'] } },
      { id: 'note-2', value: { title: 'Paint the hull', done: true } },
    ],
  },
};

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
