// Step 3 while it is under way: at the provider in another window, or being tried.
import { ExternalLink, LoaderCircle } from 'lucide-react';
import { SIGN_IN_MS } from '../../engine/oauth-channel';
import { Button } from '../../ui/Button';
import { formatDuration } from '../../ui/format';
import { useNow } from '../../ui/use-now';
import type { Attempt } from './use-connect';

type UnderWay = Extract<Attempt, { state: 'signing-in' | 'verifying' }>;

type VerifyStepProps = { name: string; attempt: UnderWay; onCancel: () => void };

export function VerifyStep({ name, attempt, onCancel }: VerifyStepProps) {
  const now = useNow();
  const elapsed = Math.max(0, now - attempt.since);
  const signingIn = attempt.state === 'signing-in';
  return (
    <div
      className="flex flex-col items-center px-6 py-12 text-center"
      data-testid="connect-progress"
      data-state={attempt.state}
    >
      <LoaderCircle className="size-7 animate-spin text-accent-ink" aria-hidden />
      <div role="status">
        <h2 className="mt-4 text-[15px] font-semibold text-ink">
          {signingIn ? `Sign in with ${name} in the other window` : `Asking ${name}…`}
        </h2>
        <p className="mt-1 max-w-md text-sm text-pretty text-muted">
          {signingIn
            ? 'This page goes on by itself once you have. Leave it open and unlocked.'
            : 'It is asked who the token is and what it may do. Nothing is changed there.'}
        </p>
      </div>
      <p className="tabular mt-2 text-[13px] text-muted" data-testid="connect-elapsed">
        {formatDuration(elapsed)}
        {signingIn && `, at most ${formatDuration(SIGN_IN_MS)}`}
      </p>
      <div className="mt-5 flex flex-wrap justify-center gap-2">
        {signingIn && (
          <Button asChild>
            <a
              href={attempt.url}
              target="_blank"
              rel="noopener noreferrer"
              data-testid="connect-window"
            >
              <ExternalLink aria-hidden />
              No window opened? Open it
            </a>
          </Button>
        )}
        <Button data-testid="connect-cancel" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
