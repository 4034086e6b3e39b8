import type { Client, UnlockMethod } from '@automator67/worker';
import { useEffect, useState } from 'react';
import { useClient } from '../../engine/hooks';
import { offer } from './secret-bytes';

const SALT_BYTES = 16;

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

export function newSalt(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SALT_BYTES));
}

export function passkeysOf(methods: readonly UnlockMethod[]): UnlockMethod[] {
  return methods.filter((method) => method.kind === 'passkey' && method.credential);
}

/** Asks for one of the vault's passkeys. Rejects when the person calls it off. */
export async function askPasskey(
  client: Client,
  methods: readonly UnlockMethod[],
): Promise<{ method: string | undefined; secret: number }> {
  const passkeys = passkeysOf(methods);
  const answer = await client.passkeys.ask(
    passkeys.map(({ credential = '', salt }) => ({ credential, salt })),
  );
  return {
    method: passkeys.find(({ credential }) => credential === answer.credential)?.id,
    secret: await offer(client, 'passkey', answer.secret),
  };
}

/** null until it is known. */
export function usePasskeysAvailable(): boolean | null {
  const client = useClient();
  const [available, setAvailable] = useState<boolean | null>(null);
  useEffect(() => {
    let gone = false;
    client()
      .then(({ passkeys }) => passkeys.available())
      .catch(() => false)
      .then((answer) => {
        if (!gone) setAvailable(answer);
      });
    return () => {
      gone = true;
    };
  }, [client]);
  return available;
}
