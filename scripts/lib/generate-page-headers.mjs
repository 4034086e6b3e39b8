// The headers of netlify.toml as rows of a C++ table (sync-server/page_site.cpp).
import { rulesOf } from './page-headers.mjs';

// None of ours needs more escapes than these.
const quoted = (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

export function pageHeadersOf(toml) {
  const rows = rulesOf(toml).flatMap(({ path, values }) =>
    Object.entries(values).map(
      ([name, value]) => `    {${quoted(path)}, ${quoted(name)},\n     ${quoted(value)}},\n`,
    ),
  );
  return `// Written by scripts/generate from netlify.toml.\n${rows.join('')}`;
}
