import type { VaultView } from '@automator67/worker';
import { Fingerprint, KeyRound, LifeBuoy } from 'lucide-react';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useClient, useSend } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';
import { KitField } from './KitField';
import { readKitWords } from './kit-words';
import { askPasskey, passkeysOf, usePasskeysAvailable } from './passkey';
import { encodeSecret, offer, takeSecret } from './secret-bytes';
import { SecretField } from '../../ui/SecretField';
import { usePenalty } from './use-penalty';
import { useTask } from './use-task';
import { isWrongSecret } from './vault-errors';
import { VaultFrame } from './VaultFrame';

type Way = 'passphrase' | 'recovery';

const WRONG = {
  passphrase: 'This does not open the workspace. Check caps lock and the keyboard’s language.',
  recovery: 'These words do not open the workspace. Compare them with your kit.',
} as const satisfies Record<Way, string>;

type UnlockProps = {
  vault: VaultView;
  /** Offered when what is stored cannot be read. */
  rescue?: ReactNode;
};

/** The right secret, but what it opens is damaged or of a newer version. */
const UNREADABLE: readonly string[] = ['store_failed', 'conflict'];

export function Unlock({ vault, rescue }: UnlockProps) {
  const client = useClient();
  const send = useSend();
  const task = useTask();
  const penalty = usePenalty();
  const available = usePasskeysAvailable();
  const passphrase = useRef<HTMLInputElement>(null);
  const kit = useRef<HTMLTextAreaElement>(null);
  const [way, setWay] = useState<Way>('passphrase');
  const [shown, setShown] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const blocked = task.busy || penalty.secondsLeft > 0;
  const hasPasskey = available === true && passkeysOf(vault.methods).length > 0;
  const hasKit = vault.methods.some((method) => method.kind === 'recovery');

  /** The typed secret and an empty input; or null, and the person is told what is missing. */
  function take(): Uint8Array | null {
    if (way === 'passphrase') {
      if (passphrase.current?.value) return takeSecret(passphrase.current);
      setProblem('Type your passphrase.');
      passphrase.current?.focus();
      return null;
    }
    const { words, problem: unreadable } = readKitWords(kit.current?.value ?? '');
    setProblem(unreadable);
    if (!words || !kit.current) return null;
    kit.current.value = '';
    return encodeSecret(words.join('-'));
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (blocked) return;
    const bytes = take();
    if (!bytes) return;
    setProblem(null);
    setShown(false);
    const failure = await task.run(async () => {
      const secret = await offer(await client(), way, bytes);
      await send('vault.unlock', { kind: way, secret });
    });
    if (!failure) return;
    if (isWrongSecret(failure)) {
      task.clear();
      penalty.add();
      setProblem(WRONG[way]);
    }
    (way === 'passphrase' ? passphrase.current : kit.current)?.focus();
  }

  async function unlockByPasskey(): Promise<void> {
    setProblem(null);
    await task.run(async () => {
      const answer = await askPasskey(await client(), vault.methods);
      await send('vault.unlock', { kind: 'passkey', ...answer });
    });
  }

  function turnTo(next: Way): void {
    for (const input of [passphrase.current, kit.current]) if (input) input.value = '';
    task.clear();
    setProblem(null);
    setShown(false);
    setWay(next);
  }

  return (
    <VaultFrame
      title={vault.name ? `Unlock ${vault.name}` : 'Unlock your workspace'}
      hint="Your apps keep running while it is locked."
    >
      <form noValidate className="space-y-5" onSubmit={(event) => void submit(event)}>
        {way === 'passphrase' ? (
          <>
            {/* What a password manager files the passphrase under. */}
            <input
              type="text"
              hidden
              readOnly
              autoComplete="username"
              value={vault.name ?? 'Automator67'}
            />
            <SecretField
              label="Passphrase"
              input={passphrase}
              autoComplete="current-password"
              testId="unlock-passphrase"
              takesFocus
              shown={shown}
              onShownChange={setShown}
              error={problem}
              onInput={() => setProblem(null)}
            />
          </>
        ) : (
          <KitField input={kit} error={problem} takesFocus onInput={() => setProblem(null)} />
        )}
        {task.error && <ErrorBox error={task.error} />}
        {task.error && UNREADABLE.includes(task.error.code) && rescue}
        <Button
          type="submit"
          size="lg"
          variant="primary"
          className="w-full"
          busy={task.busy}
          disabled={blocked}
          data-testid="unlock-submit"
        >
          {penalty.secondsLeft > 0 ? `Try again in ${penalty.secondsLeft} s` : 'Unlock'}
        </Button>
        <p role="status" className="text-center text-[13px] text-muted empty:hidden">
          {task.busy && 'Opening takes about a second.'}
        </p>
        <OtherWays
          way={way}
          busy={blocked}
          hasPasskey={hasPasskey}
          hasKit={hasKit}
          onPasskey={() => void unlockByPasskey()}
          onWay={turnTo}
        />
      </form>
    </VaultFrame>
  );
}

type OtherWaysProps = {
  way: Way;
  busy: boolean;
  hasPasskey: boolean;
  hasKit: boolean;
  onPasskey: () => void;
  onWay: (way: Way) => void;
};

function OtherWays({ way, busy, hasPasskey, hasKit, onPasskey, onWay }: OtherWaysProps) {
  if (!hasPasskey && !hasKit) return null;
  return (
    <div className="grid gap-2 border-t border-line pt-5">
      {hasPasskey && (
        <Button disabled={busy} data-testid="unlock-passkey" onClick={onPasskey}>
          <Fingerprint aria-hidden />
          Use a passkey
        </Button>
      )}
      {way === 'recovery' ? (
        <Button
          variant="ghost"
          data-testid="unlock-use-passphrase"
          onClick={() => onWay('passphrase')}
        >
          <KeyRound aria-hidden />
          Use the passphrase
        </Button>
      ) : (
        hasKit && (
          <Button variant="ghost" data-testid="unlock-use-kit" onClick={() => onWay('recovery')}>
            <LifeBuoy aria-hidden />
            Use the recovery kit
          </Button>
        )
      )}
    </div>
  );
}
