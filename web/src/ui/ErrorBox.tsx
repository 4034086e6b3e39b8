import type { ErrorView } from '@automator67/worker';
import { CircleAlert, RotateCw } from 'lucide-react';
import { Button } from './Button';
import { CodeBlock } from './CodeBlock';

type ErrorBoxProps = { error: ErrorView; title?: string; onRetry?: () => void };

/**
 * What happened, why, what to do next, and the last lines of a build when there are any. A place in
 * a file (`automator67.yaml:7`) is shown; a request's field is not a word a person knows.
 */
export function ErrorBox({ error, title, onRetry }: ErrorBoxProps) {
  return (
    <div
      role="alert"
      data-testid="error-message"
      data-code={error.code}
      className="rounded-xl border border-bad/25 bg-bad-soft p-4 text-sm"
    >
      <div className="flex gap-3">
        <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
        <div className="min-w-0 flex-1">
          <p className="font-medium break-words text-ink">{title ?? error.message}</p>
          {title && <p className="mt-0.5 break-words text-ink">{error.message}</p>}
          {error.hint && <p className="mt-1 break-words text-muted">{error.hint}</p>}
          {error.field?.includes(':') && (
            <p className="mt-1 text-muted">
              Where: <code className="font-mono text-[13px] text-ink">{error.field}</code>
            </p>
          )}
        </div>
        {onRetry && (
          <Button size="sm" onClick={onRetry}>
            <RotateCw aria-hidden />
            Try again
          </Button>
        )}
      </div>
      {error.lines && error.lines.length > 0 && (
        <CodeBlock className="mt-3" label="Last lines of output" text={error.lines.join('\n')} />
      )}
    </div>
  );
}
