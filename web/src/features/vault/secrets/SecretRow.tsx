import type { SecretView } from '@automator67/worker';
import { Copy, Ellipsis, Eye, EyeOff, History, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../../ui/Button';
import { ErrorBox } from '../../../ui/ErrorBox';
import { IconButton } from '../../../ui/IconButton';
import { formatExact } from '../../../ui/format';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/Menu';
import { RelativeTime } from '../../../ui/RelativeTime';
import { StateBadge } from '../../../ui/StateBadge';
import { useNow } from '../../../ui/use-now';
import { HistoryList } from '../../../history/HistoryList';
import { badgeOf, expiryWords } from './secret-facts';
import { SHOWN_MS, useReveal } from './use-reveal';

type SecretRowProps = { secret: SecretView; onEdit: () => void; onRemove: () => void };

export function SecretRow({ secret, onEdit, onRemove }: SecretRowProps) {
  const now = useNow();
  const reveal = useReveal(secret.name);
  const [history, setHistory] = useState(false);
  const badge = badgeOf(secret, now);
  const expiry = expiryWords(secret, now);
  const { name } = secret;

  return (
    <li data-testid="secret-row" data-secret={name}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3.5 sm:px-5">
        <div className="min-w-48 flex-1">
          <p className="flex flex-wrap items-center gap-2">
            <span className="font-mono text-sm font-medium break-all text-ink">{name}</span>
            {badge && <StateBadge tone={badge.tone} state={badge.text} />}
          </p>
          {secret.note && <p className="text-sm break-words text-ink">{secret.note}</p>}
          <p className="text-[13px] text-muted">
            Set <RelativeTime at={secret.changedAt} /> ·{' '}
            {secret.lastUsedAt === undefined ? (
              'never used'
            ) : (
              <>
                used <RelativeTime at={secret.lastUsedAt} />
              </>
            )}
            {expiry && secret.expiresAt !== undefined && (
              <span title={formatExact(secret.expiresAt)}> · {expiry}</span>
            )}
          </p>
        </div>
        <div className="flex items-center gap-1">
          <Button
            size="sm"
            aria-pressed={reveal.value !== null}
            data-testid="secret-show"
            busy={reveal.busy === 'show'}
            disabled={reveal.busy !== null}
            onClick={() => (reveal.value === null ? void reveal.show() : reveal.hide())}
          >
            {reveal.value === null ? <Eye aria-hidden /> : <EyeOff aria-hidden />}
            {reveal.value === null ? 'Show' : 'Hide'}
            <span className="sr-only"> {name}</span>
          </Button>
          <Button
            size="sm"
            data-testid="secret-copy"
            busy={reveal.busy === 'copy'}
            disabled={reveal.busy !== null}
            onClick={() => void reveal.copy()}
          >
            <Copy aria-hidden />
            Copy<span className="sr-only"> {name}</span>
          </Button>
          <Menu
            trigger={
              <IconButton
                icon={Ellipsis}
                label={`Actions for ${name}`}
                data-testid="secret-actions"
              />
            }
          >
            <MenuItem icon={Pencil} testId="secret-edit" onSelect={onEdit}>
              Edit or replace
            </MenuItem>
            <MenuItem icon={History} testId="secret-history" onSelect={() => setHistory(!history)}>
              {history ? 'Hide the history' : 'History'}
            </MenuItem>
            <MenuSeparator />
            <MenuItem icon={Trash2} danger testId="secret-remove" onSelect={onRemove}>
              Remove
            </MenuItem>
          </Menu>
        </div>
      </div>
      {reveal.value !== null && (
        <div className="px-4 pb-4 sm:px-5">
          <pre
            // Long values scroll, which must work with the keyboard, too.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            aria-label={`Value of ${name}`}
            data-testid="secret-shown"
            className="max-h-60 overflow-auto rounded-lg border border-line bg-sunken px-3 py-2.5 font-mono text-[13px] break-all whitespace-pre-wrap text-ink"
          >
            {reveal.value}
          </pre>
          <p className="mt-1.5 text-[13px] text-muted">
            Hidden again after {SHOWN_MS / 1000} seconds.
          </p>
        </div>
      )}
      {reveal.error && (
        <div className="px-4 pb-4 sm:px-5">
          <ErrorBox error={reveal.error} />
        </div>
      )}
      {history && (
        <div className="border-t border-line bg-sunken/50">
          <HistoryList entity={`secret/${name}`} version={JSON.stringify(secret)} />
        </div>
      )}
    </li>
  );
}
