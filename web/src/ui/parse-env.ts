// Reads a pasted .env file: NAME=value lines, comments, `export`, single and double quotes (which
// may hold several lines).
export type EnvPair = { name: string; value: string };

export type ParsedEnv = { pairs: EnvPair[]; problems: string[] };

const PAIRS_MAX = 200;
const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

export function parseEnv(text: string): ParsedEnv {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const pairs = new Map<string, string>();
  const problems: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (/^\s*(#|$)/.test(line)) continue;
    const match = LINE.exec(line);
    if (!match) {
      problems.push(`Line ${at + 1} is not NAME=value; it was left out.`);
      continue;
    }
    const [, name = '', rest = ''] = match;
    const quote = rest[0];
    if (quote === '"' || quote === "'") {
      const quoted = readQuoted(lines, at, rest.slice(1), quote);
      if (!quoted) {
        problems.push(`Line ${at + 1}: the quote is never closed; it was left out.`);
        continue;
      }
      pairs.set(name, quoted.value);
      at = quoted.lastLine;
    } else {
      pairs.set(name, rest.replace(/\s+#.*$/, '').trim());
    }
  }
  const all = [...pairs].map(([name, value]) => ({ name, value }));
  if (all.length > PAIRS_MAX) problems.push(`Only the first ${PAIRS_MAX} were taken.`);
  return { pairs: all.slice(0, PAIRS_MAX), problems };
}

function readQuoted(
  lines: readonly string[],
  first: number,
  start: string,
  quote: string,
): { value: string; lastLine: number } | null {
  let text = start;
  for (let at = first; at < lines.length; at += 1) {
    if (at > first) text += `\n${lines[at] ?? ''}`;
    const end = closingQuote(text, quote);
    if (end === -1) continue;
    const inside = text.slice(0, end);
    const value =
      quote === "'" ? inside : inside.replace(/\\(.)/g, (all, c: string) => ESCAPES[c] ?? all);
    return { value, lastLine: at };
  }
  return null;
}

function closingQuote(text: string, quote: string): number {
  for (let i = 0; i < text.length; i += 1) {
    if (quote === '"' && text[i] === '\\') i += 1;
    else if (text[i] === quote) return i;
  }
  return -1;
}
