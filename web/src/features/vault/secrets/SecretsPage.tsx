// Single secrets: tokens and keys a person keeps beside the cloud. The list knows everything but their values.
import type { SecretView } from '@automator67/worker';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../ui/Button';
import { Card } from '../../../ui/Card';
import { EmptyState } from '../../../ui/EmptyState';
import { ErrorBox } from '../../../ui/ErrorBox';
import { PageHeader } from '../../../ui/PageHeader';
import { SkeletonRows } from '../../../ui/Skeleton';
import { RemoveSecret } from './RemoveSecret';
import { SecretDialog } from './SecretForm';
import { SecretRow } from './SecretRow';
import { useSecrets } from './use-secrets';

/** What a dialog is about stays while it closes, so that its words do not vanish first. */
type Editing = { secret: SecretView | null; open: boolean };
type Removing = { name: string; open: boolean };

export function SecretsPage() {
  const { secrets, error, reload } = useSecrets();
  const [editing, setEditing] = useState<Editing>({ secret: null, open: false });
  const [removing, setRemoving] = useState<Removing | null>(null);
  const add = (
    <Button
      variant="primary"
      data-testid="secret-add"
      onClick={() => setEditing({ secret: null, open: true })}
    >
      <Plus aria-hidden />
      Add a secret
    </Button>
  );

  return (
    <>
      <PageHeader
        title="Secrets"
        hint="Tokens and keys, sealed on this device. Each is shown only when you ask for it."
        actions={secrets && secrets.length > 0 && add}
      />
      {error && !secrets && <ErrorBox error={error} onRetry={reload} />}
      {!secrets && !error && <SkeletonRows rows={4} />}
      {secrets && (
        <Card>
          {secrets.length === 0 ? (
            <EmptyState icon={KeyRound} title="No secrets yet" action={add}>
              Keep the tokens of your providers here: sealed, with a reminder for when one ends or
              grows old.
            </EmptyState>
          ) : (
            <ul className="divide-y divide-line" aria-label="Secrets">
              {sorted(secrets).map((secret) => (
                <SecretRow
                  key={secret.name}
                  secret={secret}
                  onEdit={() => setEditing({ secret, open: true })}
                  onRemove={() => setRemoving({ name: secret.name, open: true })}
                />
              ))}
            </ul>
          )}
        </Card>
      )}
      <SecretDialog
        key={editing.secret?.name ?? ''}
        secret={editing.secret}
        taken={(secrets ?? []).map(({ name }) => name)}
        open={editing.open}
        onOpenChange={(open) => setEditing({ ...editing, open })}
      />
      {removing && (
        <RemoveSecret
          name={removing.name}
          open={removing.open}
          onOpenChange={(open) => setRemoving({ ...removing, open })}
        />
      )}
    </>
  );
}

/** What is to be replaced comes first. */
function sorted(secrets: readonly SecretView[]): SecretView[] {
  return [...secrets].sort(
    (a, b) =>
      Number(b.due) - Number(a.due) || a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
}
