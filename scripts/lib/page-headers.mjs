// The headers of the page, as netlify.toml tells them.
import { parse } from 'smol-toml';

// rulesOf(text of netlify.toml) -> [{ path: '/*', values: { name: value } }]
export function rulesOf(toml) {
  return parse(toml).headers.map((rule) => ({ path: rule.for, values: { ...rule.values } }));
}

// '/assets/*' holds for everything below /assets/; a path without a star for itself only.
const holdsFor = (pattern, path) =>
  pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;

export function headersFor(rules, path) {
  return Object.assign(
    {},
    ...rules.filter((rule) => holdsFor(rule.path, path)).map((r) => r.values),
  );
}
