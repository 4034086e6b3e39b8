// Below the screens of a workspace that is not open: the ways to the other ones.
import { ArrowLeft, Cloud, Plus } from 'lucide-react';
import { useEngine } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { useWorkspaces } from './use-workspaces';

export function OtherWorkspaces() {
  const { others, open } = useWorkspaces();
  const absent = useEngine((mirror) => mirror.vault?.state === 'absent');
  if (absent && others.length === 0) return null;
  return (
    <nav
      aria-label="Other workspaces"
      className="mt-4 flex flex-wrap justify-center gap-x-1 gap-y-1 empty:hidden"
    >
      {others.map((one) => (
        <Button
          key={one.id}
          variant="ghost"
          size="sm"
          className="max-w-full"
          data-testid="workspace-item"
          onClick={() => open(one.id)}
        >
          {absent ? <ArrowLeft aria-hidden /> : <Cloud aria-hidden />}
          <span className="truncate">
            {absent ? 'Back to' : 'Open'} {one.name}
          </span>
        </Button>
      ))}
      {!absent && (
        <Button variant="ghost" size="sm" data-testid="workspace-new" onClick={() => open()}>
          <Plus aria-hidden />
          New workspace…
        </Button>
      )}
    </nav>
  );
}
