// The secrets of the vault, without their values, kept true by the engine's events.
import type { ErrorView, SecretView } from '@automator67/worker';
import { useKeptList, type KeptListOf } from '../../../engine/use-kept-list';

export type Secrets = {
  /** null: not known yet. */
  secrets: readonly SecretView[] | null;
  error: ErrorView | null;
  reload: () => void;
};

const SECRETS: KeptListOf<SecretView> = {
  keyOf: (secret) => secret.name,
  ask: async (send, signal) => (await send('secret.list', {}, { signal })).secrets,
  listen: (client, doors) => [
    client.on('secret.changed', ({ secret }) => doors.changed(secret)),
    client.on('secret.removed', ({ secret }) => doors.removed(secret)),
    client.on('secret.reset', doors.reset),
  ],
};

export function useSecrets(): Secrets {
  const { items, error, reload } = useKeptList(SECRETS);
  return { secrets: items, error, reload };
}
