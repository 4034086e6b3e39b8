// One way that opens the vault, asked for again: only that can reach the vault key.
import type { Client, UnlockMethod } from '@automator67/worker';
import { useId, useImperativeHandle, useRef, useState, type Ref } from 'react';
import { describedBy, Field } from '../../ui/Field';
import { Select } from '../../ui/TextInput';
import { KitField } from './KitField';
import { readKitWords } from './kit-words';
import { askPasskey } from './passkey';
import { encodeSecret, offer, takeSecret } from './secret-bytes';
import { SecretField } from '../../ui/SecretField';

type Way = 'passphrase' | 'recovery' | 'passkey';

export type ProofHandle = {
  /** False when something is missing, which the person is told. */
  ready: () => boolean;
  /** Takes what was typed, by number; the inputs are empty afterwards. */
  take: (client: Client) => Promise<{ withKind: Way; with: number }>;
};

const WAYS = [
  { kind: 'passphrase', label: 'Passphrase' },
  { kind: 'recovery', label: 'Recovery kit' },
  { kind: 'passkey', label: 'Passkey' },
] as const satisfies readonly { kind: Way; label: string }[];

type ProofProps = {
  handle: Ref<ProofHandle>;
  methods: readonly UnlockMethod[];
  takesFocus?: boolean;
};

export function Proof({ handle, methods, takesFocus }: ProofProps) {
  const id = useId();
  const passphrase = useRef<HTMLInputElement>(null);
  const kit = useRef<HTMLTextAreaElement>(null);
  const ways = WAYS.filter(({ kind }) => methods.some((method) => method.kind === kind));
  const [way, setWay] = useState<Way>(ways[0]?.kind ?? 'passphrase');
  const [shown, setShown] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  useImperativeHandle(handle, () => ({
    ready() {
      const found =
        way === 'passphrase'
          ? passphrase.current?.value
            ? null
            : 'Type your passphrase.'
          : way === 'recovery'
            ? readKitWords(kit.current?.value ?? '').problem
            : null;
      setProblem(found);
      if (found) (passphrase.current ?? kit.current)?.focus();
      return found === null;
    },
    async take(client) {
      if (way === 'passkey') {
        return { withKind: way, with: (await askPasskey(client, methods)).secret };
      }
      let bytes: Uint8Array = new Uint8Array();
      if (passphrase.current) bytes = takeSecret(passphrase.current);
      if (kit.current) {
        bytes = encodeSecret((readKitWords(kit.current.value).words ?? []).join('-'));
        kit.current.value = '';
      }
      setShown(false);
      return { withKind: way, with: await offer(client, way, bytes) };
    },
  }));

  return (
    <div className="space-y-4">
      {ways.length > 1 && (
        <Field label="Confirm with" htmlFor={id}>
          <Select
            id={id}
            value={way}
            data-testid="proof-way"
            aria-describedby={describedBy(id)}
            onChange={(event) => {
              setProblem(null);
              setShown(false);
              setWay(event.target.value as Way);
            }}
          >
            {ways.map(({ kind, label }) => (
              <option key={kind} value={kind}>
                {label}
              </option>
            ))}
          </Select>
        </Field>
      )}
      {way === 'passphrase' && (
        <SecretField
          label="Passphrase"
          input={passphrase}
          autoComplete="current-password"
          testId="proof-passphrase"
          takesFocus={takesFocus}
          shown={shown}
          onShownChange={setShown}
          error={problem}
          onInput={() => setProblem(null)}
        />
      )}
      {way === 'recovery' && (
        <KitField input={kit} error={problem} onInput={() => setProblem(null)} />
      )}
      {way === 'passkey' && (
        <p className="text-[13px] text-muted">Your browser asks for it when you go on.</p>
      )}
    </div>
  );
}
