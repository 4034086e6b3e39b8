// The client id of the OAuth application that a person registered at a provider: no secret, and tedious to find again.
const key = (provider: string) => `automator67.client.${provider}`;

export function rememberedClient(provider: string): string {
  try {
    return localStorage.getItem(key(provider)) ?? '';
  } catch {
    return ''; // storage is switched off
  }
}

export function rememberClient(provider: string, client: string): void {
  try {
    localStorage.setItem(key(provider), client);
  } catch {
    // Only a convenience.
  }
}
