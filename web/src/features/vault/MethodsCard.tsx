import type { UnlockMethod, VaultView } from '@automator67/worker';
import { Fingerprint, KeyRound, LifeBuoy, MonitorSmartphone, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/Button';
import { Card, CardHeader } from '../../ui/Card';
import { Notice } from '../../ui/Notice';
import { RelativeTime } from '../../ui/RelativeTime';
import { AddPasskey } from './AddPasskey';
import { ChangePassphrase } from './ChangePassphrase';
import { NewKit } from './NewKit';
import { usePasskeysAvailable } from './passkey';
import { RemoveMethod } from './RemoveMethod';

type Kind = UnlockMethod['kind'];

const ICONS: Record<Kind, LucideIcon> = {
  passphrase: KeyRound,
  recovery: LifeBuoy,
  passkey: Fingerprint,
  device: MonitorSmartphone,
};
const MEANING: Record<Kind, string> = {
  passphrase: 'What you type to unlock',
  recovery: 'Nine words, for when the passphrase is forgotten',
  passkey: 'Fingerprint, face or security key',
  device: 'Another device',
};

type Open = 'passphrase' | 'kit' | 'passkey' | null;

export function MethodsCard({ vault }: { vault: VaultView }) {
  const available = usePasskeysAvailable();
  const [open, setOpen] = useState<Open>(null);
  // Kept while the dialog closes, so that its words do not vanish first.
  const [removing, setRemoving] = useState<{ method: UnlockMethod; open: boolean } | null>(null);
  const workspace = vault.name ?? 'Automator67';
  const show = (which: Exclude<Open, null>) => (next: boolean) => setOpen(next ? which : null);

  return (
    <Card aria-labelledby="unlock-methods">
      <CardHeader
        id="unlock-methods"
        title="Ways to unlock"
        hint="Each of them opens the workspace by itself."
        actions={
          <>
            <Button size="sm" data-testid="new-kit" onClick={() => setOpen('kit')}>
              New recovery kit
            </Button>
            {available && (
              <Button size="sm" data-testid="add-passkey" onClick={() => setOpen('passkey')}>
                Add a passkey
              </Button>
            )}
          </>
        }
      />
      <ul className="divide-y divide-line px-4 sm:px-5">
        {vault.methods.map((method) => (
          <MethodRow
            key={method.id}
            method={method}
            removable={method.kind !== 'passphrase' && vault.methods.length > 1}
            onChange={() => setOpen('passphrase')}
            onRemove={() => setRemoving({ method, open: true })}
          />
        ))}
      </ul>
      {available === false && (
        <div className="px-4 pb-4 sm:px-5">
          <Notice tone="idle">
            This browser cannot keep a passkey for this page. Current versions of Chrome, Edge and
            Safari can.
          </Notice>
        </div>
      )}
      <ChangePassphrase
        open={open === 'passphrase'}
        workspace={workspace}
        onOpenChange={show('passphrase')}
      />
      <NewKit
        open={open === 'kit'}
        workspace={workspace}
        methods={vault.methods}
        onOpenChange={show('kit')}
      />
      <AddPasskey
        open={open === 'passkey'}
        methods={vault.methods}
        onOpenChange={show('passkey')}
      />
      {removing && (
        <RemoveMethod
          method={removing.method}
          open={removing.open}
          onOpenChange={(next) => setRemoving({ ...removing, open: next })}
        />
      )}
    </Card>
  );
}

type MethodRowProps = {
  method: UnlockMethod;
  removable: boolean;
  onChange: () => void;
  onRemove: () => void;
};

function MethodRow({ method, removable, onChange, onRemove }: MethodRowProps) {
  const Icon = ICONS[method.kind];
  return (
    <li
      data-testid="unlock-method"
      data-kind={method.kind}
      className="flex items-center gap-3 py-3"
    >
      <Icon className="size-4 shrink-0 text-muted" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium break-words text-ink">{method.label}</p>
        <p className="text-[13px] text-muted">
          {MEANING[method.kind]} · added <RelativeTime at={method.createdAt} />
        </p>
      </div>
      {method.kind === 'passphrase' && (
        <Button size="sm" data-testid="change-passphrase" onClick={onChange}>
          Change
        </Button>
      )}
      {removable && (
        <Button
          size="sm"
          variant="danger"
          aria-label={`Remove ${method.label}`}
          data-testid="remove-method"
          onClick={onRemove}
        >
          Remove
        </Button>
      )}
    </li>
  );
}
