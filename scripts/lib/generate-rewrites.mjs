// The rewrites of netlify.toml and vercel.json to providers, from the policy cards.
const BEGIN = '# Rewrites to providers: written by scripts/generate from the policy cards.\n';
const END = '# End of the rewrites.\n';

export function netlifyOf(text, forwards) {
  const rules = forwards.flatMap(({ provider, host, origin, paths }) =>
    paths.map(
      (path) => `[[redirects]]
  from = "/via/${provider}/${host}${path}*"
  to = "${origin}${path}:splat"
  status = 200
  force = true
`,
    ),
  );
  const block = `${BEGIN}\n${rules.join('\n')}\n${END}`;
  const begin = text.indexOf(BEGIN);
  if (begin >= 0) return text.slice(0, begin) + block + text.slice(text.indexOf(END) + END.length);
  // Before everything else that redirects: the first rule that fits is taken.
  const first = text.indexOf('# A missing asset is missing');
  return `${text.slice(0, first)}${block}\n${text.slice(first)}`;
}

export function vercelOf(text, forwards) {
  const config = JSON.parse(text);
  const own = config.rewrites.filter((rule) => !rule.source.startsWith('/via/'));
  config.rewrites = [
    ...forwards.flatMap(({ provider, host, origin, paths }) =>
      paths.map((path) => ({
        source: `/via/${provider}/${host}${path}:path*`,
        destination: `${origin}${path}:path*`,
      })),
    ),
    ...own,
  ];
  return `${JSON.stringify(config, null, 2)}\n`;
}
