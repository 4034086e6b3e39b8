// A new recovery kit: shown and kept first, then proved to be kept, and only then added.
import type { UnlockMethod } from '@automator67/worker';
import { useEffect, useRef, useState } from 'react';
import { useClient, useSend } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorBox } from '../../ui/ErrorBox';
import { Skeleton } from '../../ui/Skeleton';
import { showToast } from '../../ui/toast-store';
import { Proof, type ProofHandle } from './Proof';
import { RecoveryKit } from './RecoveryKit';
import { encodeSecret, offer } from './secret-bytes';
import { useTask } from './use-task';
import { asProofError } from './vault-errors';
import { WordCheck, type WordCheckHandle } from './WordCheck';

type NewKitProps = {
  open: boolean;
  workspace: string;
  methods: readonly UnlockMethod[];
  onOpenChange: (open: boolean) => void;
};

type Kit = { words: string[]; madeAt: number };

export function NewKit({ open, onOpenChange, ...rest }: NewKitProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New recovery kit"
      description="Nine new words that open the workspace when the passphrase is forgotten."
      size="sm"
      testId="new-kit-dialog"
    >
      {open && <Form {...rest} onDone={() => onOpenChange(false)} />}
    </Dialog>
  );
}

type FormProps = Pick<NewKitProps, 'workspace' | 'methods'> & { onDone: () => void };

function Form({ workspace, methods, onDone }: FormProps) {
  const client = useClient();
  const send = useSend();
  const { run, busy, error } = useTask();
  const [kit, setKit] = useState<Kit | null>(null);
  const [kept, setKept] = useState(false);
  const [retire, setRetire] = useState(true);
  const check = useRef<WordCheckHandle>(null);
  const proof = useRef<ProofHandle>(null);
  const former = methods.filter((method) => method.kind === 'recovery');

  useEffect(() => {
    let gone = false;
    void run(async () => {
      const { words } = await (await client()).makeRecovery();
      if (!gone) setKit({ words, madeAt: Date.now() });
    });
    return () => {
      gone = true;
    };
  }, [client, run]);

  async function add(): Promise<void> {
    const connected = await client();
    const known = await proof.current?.take(connected);
    if (!known || !kit) return;
    await send('vault.add_method', {
      kind: 'recovery',
      label: 'Recovery kit',
      secret: await offer(connected, 'recovery', encodeSecret(kit.words.join('-'))),
      ...known,
    });
    // From here on the new kit is good: an old one that stays is told, and is still in the list.
    onDone();
    if (!retire || former.length === 0) return void showToast({ title: 'The new kit is ready.' });
    try {
      for (const { id } of former) await send('vault.remove_method', { method: id });
      showToast({ title: 'The new kit is ready; the old one opens nothing any more.' });
    } catch {
      showToast({
        tone: 'warn',
        title: 'The new kit is ready, but the old one still works.',
        detail: 'Remove the older one in the list.',
      });
    }
  }

  function submit(): void {
    if (busy || !kit) return;
    if (!kept) return setKept(true);
    const right = check.current?.check() ?? false;
    if (right && proof.current?.ready()) void run(add);
  }

  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {!kit && !error && <Skeleton className="h-48 rounded-xl" />}
      {kit && !kept && <RecoveryKit workspace={workspace} words={kit.words} madeAt={kit.madeAt} />}
      {kit && kept && (
        <>
          <p className="text-sm text-muted">
            Type two of the words, read from where you keep them.
          </p>
          <WordCheck handle={check} words={kit.words} takesFocus />
          <Proof handle={proof} methods={methods} />
          {former.length > 0 && (
            <label className="flex items-start gap-2.5 text-sm text-ink">
              <input
                type="checkbox"
                checked={retire}
                data-testid="kit-retire"
                onChange={(event) => setRetire(event.target.checked)}
                className="mt-0.5 size-4 accent-accent"
              />
              The old kit opens nothing any more
            </label>
          )}
        </>
      )}
      {error && <ErrorBox error={asProofError(error)} />}
      <div className="flex justify-end gap-2">
        <Button disabled={busy} onClick={() => (kept ? setKept(false) : onDone())}>
          {kept ? 'Back' : 'Cancel'}
        </Button>
        <Button
          key={kept ? 'use' : 'kept'}
          type="submit"
          variant="primary"
          busy={busy && kit !== null}
          disabled={busy || !kit}
          data-testid="new-kit-submit"
        >
          {kept ? 'Use this kit' : 'I have kept it'}
        </Button>
      </div>
    </form>
  );
}
