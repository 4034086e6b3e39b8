// Which workspace of this browser is opened: a small preference, shared by its tabs. What is in a workspace, and
// what it is called, only the engine knows.
const KEY = 'a67.workspace';
/** The one a device begins with. */
export const FIRST_WORKSPACE = 'main';
const ID = /^[a-z0-9-]{1,64}$/;
const NEW_ID_CHARACTERS = 8;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

export function storedWorkspace(): string {
  try {
    const id = localStorage.getItem(KEY) ?? FIRST_WORKSPACE;
    return ID.test(id) ? id : FIRST_WORKSPACE;
  } catch {
    return FIRST_WORKSPACE;
  }
}

export function storeWorkspace(id: string): void {
  try {
    if (id === FIRST_WORKSPACE) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, id);
  } catch {
    // Blocked storage: the choice then lasts as long as the tab that runs the engine.
  }
}

/** Only has to differ from the others on this device; it is no secret. */
export function newWorkspaceId(): string {
  const draws = crypto.getRandomValues(new Uint32Array(NEW_ID_CHARACTERS));
  return Array.from(draws, (draw) => ALPHABET[draw % ALPHABET.length]).join('');
}
