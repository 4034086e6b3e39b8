// One value of a policy card, never without where it was read, when, and how far to trust it.
import type { PolicyValue } from '@automator67/worker';
import { isOwn, TRUST_WORDS, valueWords, wordsOf } from './policy-facts';

/** What it says, and in small where that is from. */
export function PolicyFact({ value }: { value: PolicyValue }) {
  return (
    <>
      <span className="block break-words text-ink">{valueWords(value)}</span>
      <Provenance value={value} />
    </>
  );
}

export function Provenance({ value }: { value: PolicyValue }) {
  return (
    <span className="block text-xs break-words text-muted" data-testid="provenance">
      {isOwn(value) && (
        <span className="block text-accent-ink">
          Your value{value.overrideNote ? `: ${value.overrideNote}` : ''}. The card says{' '}
          {wordsOf(value.value, value.unit)}.
        </span>
      )}
      {TRUST_WORDS[value.trust]} · {value.date} · <Source value={value} />
      {value.stale && (
        <span className="block font-medium text-warn" data-testid="stale">
          Read more than 180 days ago: look it up before you count on it.
        </span>
      )}
      {value.note && <span className="block">{value.note}</span>}
    </span>
  );
}

function Source({ value: { source, label } }: { value: PolicyValue }) {
  const host = hostOf(source);
  if (host === null) return <>{source}</>;
  return (
    <a
      href={source}
      target="_blank"
      rel="noopener noreferrer"
      className="underline underline-offset-2 hover:text-ink"
    >
      {host}
      <span className="sr-only">, source of “{label}”, opens in a new window</span>
    </a>
  );
}

function hostOf(source: string): string | null {
  return /^https?:\/\//.test(source) && URL.canParse(source) ? new URL(source).hostname : null;
}
