import type { VaultView } from '@automator67/worker';
import { useCommand } from '../../engine/use-command';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { ErrorBox } from '../../ui/ErrorBox';
import { formatExact, formatRelative } from '../../ui/format';
import { RelativeTime } from '../../ui/RelativeTime';
import { showToast } from '../../ui/toast-store';
import { useNow } from '../../ui/use-now';

export function KeyCard({ vault }: { vault: VaultView }) {
  const rotate = useCommand('vault.rotate');
  const now = useNow();
  const { keyEpoch, keyCreatedAt, keyDueAt } = vault;

  async function replace(): Promise<void> {
    if (await rotate.run({})) showToast({ title: 'The vault key was replaced.' });
  }

  return (
    <Card aria-labelledby="vault-key">
      <CardHeader
        id="vault-key"
        title="Vault key"
        hint="What everything kept on this device is sealed with."
        actions={
          <Button size="sm" busy={rotate.busy} data-testid="rotate" onClick={() => void replace()}>
            Replace the key now
          </Button>
        }
      />
      <dl className="divide-y divide-line px-4 sm:px-5">
        {keyCreatedAt !== undefined && (
          <Row label="Made">
            <RelativeTime at={keyCreatedAt} />
            {keyEpoch !== undefined && keyEpoch > 1 && `, as number ${keyEpoch}`}
          </Row>
        )}
        {keyDueAt !== undefined && (
          <Row label="Replaced next">
            {keyDueAt > now ? (
              <time dateTime={new Date(keyDueAt).toISOString()} title={formatExact(keyDueAt)}>
                {capitalised(formatRelative(keyDueAt, now))}, by itself
              </time>
            ) : (
              'Soon, by itself'
            )}
          </Row>
        )}
      </dl>
      {rotate.error && (
        <div className="px-4 pb-4 sm:px-5">
          <ErrorBox error={rotate.error} />
        </div>
      )}
    </Card>
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function Row({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="grid gap-x-4 py-3 sm:grid-cols-[10rem_1fr]">
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="text-sm text-ink">{children}</dd>
    </div>
  );
}
