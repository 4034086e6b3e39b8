// The contract's rules for what a person types, checked while typing. The engine checks again and
// has the last word.
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const NAME_CHARACTERS_MAX = 40;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const HOST =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const PATH_CHARACTERS_MAX = 512;
const GIT = /^(https?:\/\/|ssh:\/\/|git:\/\/|file:\/\/|[\w.-]+@[\w.-]+:)\S+$/;
const REF = /^[\w][\w./-]{0,254}$/;

export function nameProblem(name: string): string | null {
  if (name === '') return 'Give the app a name.';
  if (name.length > NAME_CHARACTERS_MAX) return `At most ${NAME_CHARACTERS_MAX} characters.`;
  if (/[A-Z]/.test(name)) return 'Small letters only.';
  return NAME.test(name)
    ? null
    : 'Use small letters, digits and dashes; begin and end with a letter or digit.';
}

export function envNameProblem(name: string): string | null {
  return ENV_NAME.test(name) ? null : 'Letters, digits and _ only, not beginning with a digit.';
}

export function pathProblem(path: string): string | null {
  if (path === '') return null;
  if (!path.startsWith('/')) return 'Begin with a slash, e.g. /healthz.';
  if (path.length > PATH_CHARACTERS_MAX || /[\s#]/.test(path))
    return 'A path without blanks, at most 512 characters.';
  return null;
}

export function hostsProblem(hosts: readonly string[]): string | null {
  const wrong = hosts.find((host) => !HOST.test(host));
  if (wrong) return `“${wrong}” is not a host name.`;
  return hosts.length > 20 ? 'At most 20 host names.' : null;
}

export function gitUrlProblem(url: string): string | null {
  if (url === '') return 'Enter the address of a Git repository.';
  return GIT.test(url)
    ? null
    : 'This is not a Git address. Example: https://github.com/you/app.git';
}

export function gitRefProblem(ref: string): string | null {
  if (ref === '') return null;
  return REF.test(ref) && !ref.includes('..') ? null : 'A branch, tag or commit.';
}

/** `My App v2` -> `my-app-v2`: a valid name as near to the folder's as can be. */
export function nameFrom(text: string): string {
  return text
    .replace(/\.(tar\.gz|tgz|zip|git)$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_CHARACTERS_MAX)
    .replace(/^-+|-+$/g, '');
}

export function splitHosts(text: string): string[] {
  return text.split(/[\s,]+/).filter((host) => host !== '');
}
