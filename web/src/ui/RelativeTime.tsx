import { formatExact, formatRelative } from './format';
import { useNow } from './use-now';

type RelativeTimeProps = { at: number; className?: string };

/** "3 minutes ago", with the exact time on hover and for machines. */
export function RelativeTime({ at, className }: RelativeTimeProps) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatExact(at)} className={className}>
      {formatRelative(at, Math.max(now, at))}
    </time>
  );
}
