// What a person typed to connect an account, except secrets. It is kept while an attempt is under way and after it
// was refused.
import type { Commands, ErrorView, ProviderView } from '@automator67/worker';
import { hasSignIn, isTransport } from './account-facts';
import { rememberedClient } from './client-memory';
import type { Values } from './CredentialFields';

export type Way = 'token' | 'sign-in';

export type Draft = {
  provider: string;
  way: Way;
  values: Values;
  name: string;
  /** Empty: the first that works. */
  transport: string;
  /** A node's id; empty: the first that is awake. */
  relay: string;
  endpoint: string;
  /** Of the OAuth application. */
  client: string;
  second: boolean;
};

export const NAME_CHARACTERS_MAX = 100;

export function draftFor(provider: ProviderView): Draft {
  return {
    provider: provider.id,
    way: hasSignIn(provider) && provider.fields.length === 0 ? 'sign-in' : 'token',
    values: {},
    name: '',
    transport: '',
    relay: '',
    endpoint: '',
    client: rememberedClient(provider.id),
    second: false,
  };
}

/** What both ways of connecting say; what is empty is left out. */
export function sharedOf(draft: Draft) {
  return {
    ...(draft.name.trim() !== '' && { name: draft.name.trim() }),
    ...(draft.endpoint.trim() !== '' && { endpoint: draft.endpoint.trim() }),
    ...(draft.second && { second: true }),
    ...(isTransport(draft.transport) && { transport: draft.transport }),
    ...(draft.transport === 'relay' && draft.relay !== '' && { relay: draft.relay }),
  };
}

export function connectBody(
  draft: Draft,
  fields: Record<string, string>,
): Commands['account.connect']['req'] {
  return {
    provider: draft.provider,
    fields,
    ...sharedOf(draft),
  };
}

const IN_ROUTE: readonly string[] = ['transport', 'relay', 'endpoint'];

export const isOfRoute = (error: ErrorView | null): boolean =>
  error?.field !== undefined && IN_ROUTE.includes(error.field);

/** There is an account of this provider already: the engine tells the terms and asks for a word. */
export const asksForSecond = (error: ErrorView | null): boolean =>
  error?.code === 'conflict' && error.field === 'second';
