// What the harness's engine keeps beside the cloud: changes, commands, secrets and workspaces. They are made up, and
// what is done to them is seen.
import {
  EngineError,
  type AuditRecord,
  type HistoryEntry,
  type SecretView,
} from '@automator67/worker';
import type { FakeClient } from './fake-client';
import { makeAudit, makeChange, makeSecret, makeStorage } from './fake-data';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function changesOf(entity: string): HistoryEntry[] {
  const ago = (hours: number) => Date.now() - hours * HOUR_MS;
  if (entity === 'settings') {
    return [
      makeChange({ change: 31, at: ago(2) }, [['heartbeatSeconds', '30', '10']]),
      makeChange({ change: 12, at: ago(60), device: 'd-phone77' }, [
        [
          'weights',
          '{"cpu":30,"memory":25,"latency":20,"connections":15,"history":10}',
          '{"cpu":40,"memory":25,"latency":20,"connections":5,"history":10}',
        ],
      ]),
      makeChange({ change: 1, at: ago(400), undoable: false }, [
        ['heartbeatSeconds', undefined, '30'],
      ]),
    ];
  }
  if (entity.startsWith('secret/')) {
    return [
      makeChange({ change: 22, at: ago(960) }, [
        ['sealed', undefined, undefined],
        ['changedAt', '1', '2'],
        ['version', '1', '2'],
      ]),
      makeChange({ change: 9, at: ago(2400) }, [['createdAt', undefined, '1']]),
    ];
  }
  return [
    makeChange({ change: 40, at: ago(1) }),
    makeChange({ change: 36, at: ago(5), device: 'd-phone77' }, [['stopped', 'true', 'false']]),
    makeChange({ change: 35, at: ago(6) }, [['stopped', 'false', 'true']]),
    makeChange({ change: 21, at: ago(26) }, [['serving', '"guestbook-r2"', '"guestbook-r3"']]),
    makeChange({ change: 5, at: ago(80) }, [['serving', '"guestbook-r1"', '"guestbook-r2"']]),
    makeChange({ change: 3, at: ago(120), undoable: false }, [['serving', '""', '"guestbook-r1"']]),
    makeChange({ change: 2, at: ago(120), undoable: false }, [
      ['wanted', undefined, '3'],
      ['stopped', undefined, 'false'],
      ['serving', undefined, '""'],
    ]),
  ];
}

const COMMANDS: readonly (readonly [string, string, string])[] = [
  ['app.scale', 'app/guestbook', 'done'],
  ['secret.reveal', 'secret/render-token', 'done'],
  ['vault.unlock', '', 'done'],
  ['vault.unlock', '', 'unauthorized'],
  ['app.deploy', 'app/weather-api', 'build_failed'],
  ['settings.set', '', 'done'],
  ['node.claim', '', 'done'],
  ['vault.create', '', 'done'],
];

function records(): AuditRecord[] {
  return COMMANDS.map(([command, target, outcome], index) =>
    makeAudit({
      number: COMMANDS.length - index,
      at: Date.now() - (index + 1) * 1.7 * HOUR_MS,
      command,
      target,
      outcome,
      ...(index === 2 && { actor: 'd-phone77' }),
    }),
  );
}

function secretsOf(): SecretView[] {
  const now = Date.now();
  return [
    makeSecret({
      name: 'render-token',
      note: 'Render, account of the team',
      lastUsedAt: now - 2 * HOUR_MS,
      expiresAt: now - DAY_MS,
      dueAt: now - DAY_MS,
      due: true,
    }),
    makeSecret({
      name: 'fly-deploy-key',
      note: 'Deploys of the staging apps',
      rotateDays: 45,
      dueAt: now + 5 * DAY_MS,
      lastUsedAt: now - 9 * DAY_MS,
    }),
    makeSecret({ name: 'SMTP_PASSWORD', changedAt: now - 3 * DAY_MS }),
  ];
}

export function addKept(client: FakeClient, scene: string): void {
  let secrets = scene === 'empty' || scene === 'claimed' ? [] : secretsOf();
  client.answer('history.list', ({ entity, before }) => ({
    changes: changesOf(entity).filter((one) => one.change < (before ?? Infinity)),
    more: false,
  }));
  client.answer('history.undo', () => {
    throw new EngineError({
      code: 'conflict',
      message: 'This cannot be undone, because guestbook’s wanted was changed again since.',
      hint: 'Undo the later change first, or set the old value yourself.',
    });
  });
  client.answer('audit.list', () => ({ records: records(), more: true }));
  client.answer('audit.verify', () =>
    scene === 'trouble'
      ? {
          intact: false,
          records: 8,
          first: 1,
          last: 8,
          brokenAt: 5,
          what: 'It does not follow the record before it.',
        }
      : { intact: true, records: 8, first: 1, last: 8 },
  );
  client.answer('audit.export', () => ({ text: '{}\n', last: 8, more: false }));
  client.answer('secret.list', () => ({ secrets }));
  client.answer('secret.set', ({ name, note }) => {
    const secret = makeSecret({ name, note, changedAt: Date.now() });
    secrets = [...secrets.filter((one) => one.name !== name), secret];
    client.emit('secret.changed', { secret });
    return { secret };
  });
  client.answer('secret.remove', ({ name }) => {
    secrets = secrets.filter((one) => one.name !== name);
    client.emit('secret.removed', { secret: name });
    return {};
  });
  client.answer('secret.reveal', ({ name }) => ({
    value: `rnd_${name}_5QhTz0vW2kX9`,
    secret: makeSecret({ name }),
  }));
  client.answer('vault.workspaces', () => ({
    workspaces: [
      { id: 'main', name: 'My cloud', current: scene !== 'new' },
      { id: 'k3x9w2ab', name: 'Client: Northwind Traders, staging', current: false },
    ],
  }));
  client.answer('storage.status', () => ({
    storage: makeStorage(
      scene === 'trouble'
        ? {
            damages: [
              { where: 'w/main/log/000000000000002a', what: 'Its seal does not open.' },
              { where: 'w/main/snap/000000000000001f/0003', what: 'It is missing.' },
            ],
          }
        : {},
    ),
  }));
}
