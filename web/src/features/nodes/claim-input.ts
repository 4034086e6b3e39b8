// First checks while typing; the engine decides in the end.
const URL_CHARACTERS_MAX = 2048;
const CODE = /^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/;

export function urlProblem(text: string): string | null {
  const value = text.trim();
  if (value === '') return 'Enter the URL the node printed.';
  if (value.length > URL_CHARACTERS_MAX) return 'This URL is too long.';
  if (!/^https?:\/\//i.test(value)) return 'Begin with http:// or https://.';
  return URL.canParse(value) ? null : 'This is not a URL. Example: http://127.0.0.1:4601';
}

export function codeProblem(text: string): string | null {
  const value = text.trim().toUpperCase();
  if (value === '') return 'Enter the code the node printed.';
  return CODE.test(value) ? null : 'A code looks like XXXX-XXXX-XXXX.';
}
