// The headers of the page, as netlify.toml tells them.
import { parse } from 'smol-toml';

// rulesOf(text of netlify.toml) -> [{ path: '/*', values: { name: value } }]
export function rulesOf(toml) {
  return parse(toml).headers.map((rule) => ({ path: rule.for, values: { ...rule.values } }));
}
