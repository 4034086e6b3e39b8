// The first minute: a name and a passphrase, the recovery kit, and proof that it was kept. Only then
// is there a vault, so going away before leaves nothing behind.
import type { Argon2 } from '@automator67/worker';
import { ArrowLeft } from 'lucide-react';
import { useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useClient, useSend } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';
import { Field } from '../../ui/Field';
import { Notice } from '../../ui/Notice';
import { TextInput } from '../../ui/TextInput';
import { NewPassphrase, type NewPassphraseHandle } from './NewPassphrase';
import { RecoveryKit } from './RecoveryKit';
import { RestoreBackup } from './RestoreBackup';
import { encodeSecret, offer } from './secret-bytes';
import { useTask } from './use-task';
import { VaultFrame } from './VaultFrame';
import { WordCheck, type WordCheckHandle } from './WordCheck';

type Step = 'passphrase' | 'kit' | 'check';

const STEPS: readonly Step[] = ['passphrase', 'kit', 'check'];
const NAME_CHARACTERS_MAX = 60;
const TITLES = {
  passphrase: 'Set up your workspace',
  kit: 'Keep your recovery kit',
  check: 'Check your recovery kit',
} as const satisfies Record<Step, string>;
const HINTS = {
  passphrase:
    'Keys and settings of your cloud are kept on this device, sealed with a passphrase only you know.',
  kit: 'Nine words that open the workspace when the passphrase is forgotten. Nobody else can: there is no reset.',
  check: 'Type two of the words, read from where you keep them.',
} as const satisfies Record<Step, string>;

type Kit = { words: string[]; madeAt: number };

/** `aside`: what else a person may want to do here. */
export function FirstRun({ aside }: { aside?: ReactNode }) {
  const [restoring, setRestoring] = useState(false);
  if (!restoring) return <NewWorkspace aside={aside} onRestore={() => setRestoring(true)} />;
  return (
    <VaultFrame
      title="Restore from a backup"
      hint="The workspace of the backup becomes that of this device, and opens as it did then."
    >
      <RestoreBackup
        methods={null}
        onCancel={() => setRestoring(false)}
        // The vault is open then, and this screen gone.
        onDone={() => undefined}
      />
    </VaultFrame>
  );
}

function NewWorkspace({ aside, onRestore }: { aside?: ReactNode; onRestore: () => void }) {
  const nameId = useId();
  const client = useClient();
  const send = useSend();
  const task = useTask();
  const [step, setStep] = useState<Step>('passphrase');
  const [name, setName] = useState('My cloud');
  const [kit, setKit] = useState<Kit | null>(null);
  const [expired, setExpired] = useState(false);
  const passphrase = useRef<NewPassphraseHandle>(null);
  const check = useRef<WordCheckHandle>(null);
  const secret = useRef<number | null>(null);
  const cost = useRef<Promise<Argon2> | null>(null);

  async function takePassphrase(): Promise<void> {
    const bytes = await passphrase.current?.take();
    if (!bytes) return;
    const connected = await client();
    secret.current = await offer(connected, 'passphrase', bytes);
    // Takes a moment; it is done by the time the kit is kept. A failure is told when it is needed.
    cost.current ??= connected.calibrate();
    cost.current.catch(() => {
      cost.current = null;
    });
    if (expired) return create(connected);
    if (!kit) setKit({ words: (await connected.makeRecovery()).words, madeAt: Date.now() });
    setStep('kit');
  }

  async function create(connected: Awaited<ReturnType<typeof client>>): Promise<void> {
    if (!kit || secret.current === null) return;
    const argon2 = await (cost.current ?? connected.calibrate());
    // The words as they were shown, not the number they came with: that one may be too old by now,
    // and this way it is the kit on the paper that is known to open the vault.
    const recovery = await offer(connected, 'recovery', encodeSecret(kit.words.join('-')));
    await send('vault.create', {
      name: name.trim(),
      passphrase: secret.current,
      recovery,
      argon2,
    });
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (task.busy) return;
    if (step === 'kit') return setStep('check');
    if (step === 'check' && !check.current?.check()) return;
    const failure = await task.run(async () =>
      step === 'check' ? create(await client()) : takePassphrase(),
    );
    // The worker keeps a secret for a few minutes only, and copying nine words may take longer.
    if (failure?.code === 'not_found' && step === 'check') {
      secret.current = null;
      setExpired(true);
      setStep('passphrase');
    }
  }

  function back(): void {
    task.clear();
    setStep(step === 'check' ? 'kit' : 'passphrase');
  }

  const making = task.busy && (step === 'check' || expired);
  return (
    <VaultFrame
      title={TITLES[step]}
      hint={HINTS[step]}
      step={`Step ${STEPS.indexOf(step) + 1} of ${STEPS.length}`}
    >
      <form noValidate className="space-y-5" onSubmit={(event) => void submit(event)}>
        {step === 'passphrase' && (
          <>
            {expired && (
              <Notice tone="warn">
                That took a while, so the passphrase was let go of. Type it once more; your recovery
                kit stays as it is.
              </Notice>
            )}
            <Field label="Name of the workspace" htmlFor={nameId}>
              <TextInput
                id={nameId}
                value={name}
                maxLength={NAME_CHARACTERS_MAX}
                // What a password manager files the passphrase under.
                autoComplete="username"
                spellCheck={false}
                data-testid="vault-name"
                onChange={(event) => setName(event.target.value)}
              />
            </Field>
            <NewPassphrase handle={passphrase} known={[name]} takesFocus />
          </>
        )}
        {step === 'kit' && kit && (
          <RecoveryKit workspace={name.trim()} words={kit.words} madeAt={kit.madeAt} />
        )}
        {step === 'check' && kit && <WordCheck handle={check} words={kit.words} takesFocus />}
        {task.error && !(expired && task.error.code === 'not_found') && (
          <ErrorBox error={task.error} />
        )}
        <div>
          <div className="flex items-center gap-2">
            {step !== 'passphrase' && (
              <Button size="lg" disabled={task.busy} data-testid="first-run-back" onClick={back}>
                <ArrowLeft aria-hidden />
                Back
              </Button>
            )}
            <Button
              key={step}
              type="submit"
              size="lg"
              variant="primary"
              className="flex-1"
              busy={task.busy}
              disabled={task.busy || name.trim() === ''}
              data-testid="first-run-next"
            >
              {step === 'passphrase' && 'Continue'}
              {step === 'kit' && 'I have kept it'}
              {step === 'check' && 'Create the workspace'}
            </Button>
          </div>
          {step === 'passphrase' && !expired && (
            <Button
              variant="ghost"
              className="mt-2 w-full"
              disabled={task.busy}
              data-testid="first-run-restore"
              onClick={onRestore}
            >
              Restore from a backup
            </Button>
          )}
          <p role="status" className="mt-3 text-center text-[13px] text-muted empty:hidden">
            {making && 'Making your key takes about a second.'}
          </p>
        </div>
      </form>
      {step === 'passphrase' && aside}
    </VaultFrame>
  );
}
