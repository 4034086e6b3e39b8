// An account's state, credential and errors, in words.
import type { AccountView, ErrorView, ProviderField, ProviderView } from '@automator67/worker';
import { formatRelative } from '../../ui/format';
import type { Tone } from '../../ui/states';

export const ACCOUNT_TONE: Record<AccountView['state'], Tone> = {
  ok: 'ok',
  due: 'warn',
  refused: 'bad',
};

export const ACCOUNT_WORDS: Record<AccountView['state'], string> = {
  ok: 'ok',
  due: 'replace its token',
  refused: 'refused',
};

export type Transport = AccountView['transport'];

export const TRANSPORT_WORDS: Record<Transport, string> = {
  direct: 'Direct',
  rewrite: 'By this page’s host',
  relay: 'By a node of yours',
};

export const TRANSPORTS = Object.keys(TRANSPORT_WORDS) as Transport[];

export const isTransport = (name: string): name is Transport =>
  (TRANSPORTS as string[]).includes(name);

export const accountPath = (id: string): string => `/accounts/${encodeURIComponent(id)}`;
export const bucketPath = (id: string, bucket: string): string =>
  `${accountPath(id)}/buckets/${encodeURIComponent(bucket)}`;
export const documentsPath = (id: string): string => `${accountPath(id)}/documents`;
export const providerPath = (id: string): string => `/accounts/providers/${encodeURIComponent(id)}`;
export const connectPath = (id = ''): string =>
  id === '' ? '/accounts/connect' : `/accounts/connect/${encodeURIComponent(id)}`;

/** Why it is not `ok`; null when it is. */
export function reasonOf(account: AccountView): string | null {
  if (account.problem) return account.problem.message;
  if (account.state === 'refused') return 'Its credential is no longer in the vault.';
  return account.state === 'due' ? 'Its token should be replaced.' : null;
}

export function identityWords(identity: AccountView['identity']): string {
  if (!identity) return 'Not told by the provider';
  const name = identity.name ?? identity.email ?? identity.id;
  return identity.email && identity.email !== name ? `${name} (${identity.email})` : name;
}

export function expiryWords(expiresAt: number | undefined, now: number): string {
  if (expiresAt === undefined) return 'no end is known';
  const when = formatRelative(expiresAt, now);
  return expiresAt <= now ? `ended ${when}` : `ends ${when}`;
}

/** The setting that holds the workspace: providers call it workspace, team, owner or organisation. */
export function workspaceSetting(account: AccountView): string | null {
  const ids = (account.workspaces ?? []).map(({ id }) => id);
  if (ids.length === 0) return null;
  const held = Object.entries(account.settings).find(([, value]) => ids.includes(value));
  return held?.[0] ?? 'workspace';
}

// ---- errors

/** The field an error is about: the one it names, or the credential when the provider refused that. */
export function fieldOf(error: ErrorView, fields: readonly ProviderField[]): string | null {
  const named = error.field?.startsWith('fields.') ? error.field.slice('fields.'.length) : '';
  if (fields.some(({ name }) => name === named)) return named;
  const ofCredential = error.code === 'unauthorized' || error.code === 'forbidden';
  if (!ofCredential || (error.field && error.field !== 'fields')) return null;
  return fields.find(({ secret }) => secret)?.name ?? null;
}

export const sentencesOf = ({ message, hint }: ErrorView): string =>
  hint ? `${message} ${hint}` : message;

export type LeftBehind = { kind: string; id: string | null; name: string };

const LEFT = /^(service|site|function|database|bucket) (\S+) (.+)$/;

/** What an error says was left at the provider; without an id it is unknown whether it is there. */
export function leftBehind(error: ErrorView): LeftBehind[] {
  return (error.lines ?? []).flatMap((line) => {
    const [, kind, id, name] = LEFT.exec(line) ?? [];
    return kind && id && name ? [{ kind, id: id === '?' ? null : id, name }] : [];
  });
}

/** The error without the lines that `leftBehind` tells in a better way. */
export function withoutLeft(error: ErrorView): ErrorView {
  const lines = error.lines?.filter((line) => !LEFT.test(line));
  return { ...error, lines: lines && lines.length > 0 ? lines : undefined };
}

export const hasSignIn = (provider: ProviderView): boolean => provider.oauth !== 'none';
