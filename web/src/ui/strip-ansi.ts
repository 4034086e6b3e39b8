const ESCAPE = '\u001b';
const BELL = '\u0007';
// CSI (colours, cursor), OSC (titles, links; ended by BEL or ST) and the two-character escapes.
const SEQUENCES = new RegExp(
  `${ESCAPE}\\[[0-?]*[ -/]*[@-~]|${ESCAPE}\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)|${ESCAPE}[@-Z\\\\^_]`,
  'g',
);

/** A line as plain text: programs colour their output for terminals, not for pages. */
export function stripAnsi(text: string): string {
  return text.includes(ESCAPE) ? text.replace(SEQUENCES, '') : text;
}
