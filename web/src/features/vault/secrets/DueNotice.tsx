// On the overview: secrets that should be replaced, and a vault key whose turn is long over.
import { Link } from 'wouter';
import { useEngine } from '../../../engine/hooks';
import { formatRelative, plural } from '../../../ui/format';
import { Notice } from '../../../ui/Notice';
import { useNow } from '../../../ui/use-now';
import { useSecrets } from './use-secrets';

/** The key is replaced by itself when it is due; only when that did not happen it is told. */
const KEY_GRACE_MS = 86_400_000;
const NAMES_SHOWN = 3;

export function DueNotice() {
  const { secrets } = useSecrets();
  const keyDueAt = useEngine((mirror) => mirror.vault?.keyDueAt);
  const now = useNow();
  const due = (secrets ?? []).filter((secret) => secret.due);
  const keyLate = keyDueAt !== undefined && keyDueAt + KEY_GRACE_MS < now;
  if (due.length === 0 && !keyLate) return null;
  return (
    <div className="mb-5 space-y-2" data-testid="due-notice">
      {due.length > 0 && (
        <Notice tone="warn" action={<NoticeLink href="/secrets">Secrets</NoticeLink>}>
          <p className="font-medium">
            {due.length === 1
              ? `The secret ${due[0]?.name ?? ''} should be replaced now.`
              : `${plural(due.length, 'secret')} should be replaced now: ${listed(due.map(({ name }) => name))}.`}
          </p>
        </Notice>
      )}
      {keyLate && (
        <Notice tone="warn" action={<NoticeLink href="/settings">Settings</NoticeLink>}>
          <p className="font-medium">
            The vault key should have been replaced {formatRelative(keyDueAt, now)}. Replace it in
            the settings.
          </p>
        </Notice>
      )}
    </div>
  );
}

function NoticeLink({ href, children }: { href: string; children: string }) {
  return (
    <Link href={href} className="shrink-0 font-medium underline underline-offset-2">
      {children}
    </Link>
  );
}

function listed(names: string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  const rest = names.length - NAMES_SHOWN;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
