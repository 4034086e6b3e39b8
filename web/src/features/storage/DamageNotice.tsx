// Says once, after unlocking, that something stored could not be read. Nothing is lost by going on: what is damaged
// stays as it lies, and what could be read was loaded. A copy first is still wise.
import { DatabaseZap } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useQuery } from '../../engine/use-query';
import { Button } from '../../ui/Button';
import { plural } from '../../ui/format';

/** `save`: how a copy is saved; left out: the way to the settings, where it is. */
export function DamageNotice({ save }: { save?: ReactNode }) {
  const id = useId();
  const { data } = useQuery('storage.status', {});
  const [details, setDetails] = useState(false);
  const [dismissed, setDismissed] = useState(false);
  const damages = data?.storage.damages ?? [];
  if (damages.length === 0 || dismissed) return null;
  return (
    <section
      role="status"
      aria-label="Damaged data"
      data-testid="damage-notice"
      className="border-b border-line bg-bad-soft px-4 py-2.5 text-[13px] text-bad sm:px-6 md:px-8"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <DatabaseZap className="size-4 shrink-0" aria-hidden />
        <p className="min-w-0 flex-1 basis-72">
          {plural(damages.length, 'stored item')} could not be read. The rest was loaded, and
          nothing was overwritten.
        </p>
        <div className="flex flex-wrap items-center gap-2">
          {save ?? (
            <Button asChild size="sm">
              <Link href="/settings">Save a backup first</Link>
            </Button>
          )}
          <Button
            size="sm"
            aria-expanded={details}
            aria-controls={id}
            data-testid="damage-details"
            onClick={() => setDetails(!details)}
          >
            {details ? 'Hide details' : 'Details'}
          </Button>
          <Button size="sm" data-testid="damage-dismiss" onClick={() => setDismissed(true)}>
            Go on
          </Button>
        </div>
      </div>
      <ul id={id} hidden={!details} className="mt-2 max-h-48 space-y-1 overflow-y-auto text-ink">
        {damages.map((one) => (
          <li key={one.where} className="break-words">
            <code className="font-mono text-xs break-all">{one.where}</code>: {one.what}
          </li>
        ))}
      </ul>
    </section>
  );
}
