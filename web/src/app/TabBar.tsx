import clsx from 'clsx';
import { Link, useLocation } from 'wouter';
import { DESTINATIONS, isHere } from './destinations';

export function TabBar() {
  const [path] = useLocation();
  return (
    <nav
      aria-label="Main, phone"
      className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-6 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {DESTINATIONS.filter((one) => one.onPhone).map((destination) => {
        const here = isHere(destination, path);
        return (
          <Link
            key={destination.id}
            href={destination.path}
            aria-current={here ? 'page' : undefined}
            data-testid={`tabbar-${destination.id}`}
            className={clsx(
              'flex h-15 flex-col items-center justify-center gap-1 text-[11px] -outline-offset-2',
              here ? 'font-medium text-accent-ink' : 'text-muted',
            )}
          >
            <destination.icon className="size-5" aria-hidden />
            {destination.label}
          </Link>
        );
      })}
    </nav>
  );
}
