import clsx from 'clsx';
import { ChevronsUpDown, Cloud, Plus } from 'lucide-react';
import { useEngine } from '../../engine/hooks';
import { Menu, MenuItem, MenuSeparator } from '../../ui/Menu';
import { useWorkspaces } from './use-workspaces';

/** The name of the open workspace; the menu has the others. */
export function WorkspaceMenu({ className }: { className?: string }) {
  const name = useEngine((mirror) => mirror.vault?.name) ?? 'Workspace';
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={`Workspace: ${name}`}
          data-testid="workspace-menu"
          className={clsx(
            'flex h-9 min-w-0 items-center gap-2 rounded-lg px-2.5 text-sm font-medium text-ink hover:bg-sunken dark:hover:bg-raised',
            className,
          )}
        >
          <span className="min-w-0 flex-1 truncate text-left">{name}</span>
          <ChevronsUpDown className="size-4 shrink-0 text-muted" aria-hidden />
        </button>
      }
    >
      <WorkspaceItems />
    </Menu>
  );
}

function WorkspaceItems() {
  const { list, open } = useWorkspaces();
  return (
    <>
      {list.map((one) => (
        <MenuItem
          key={one.id}
          icon={Cloud}
          checked={one.current}
          testId="workspace-item"
          onSelect={() => {
            if (!one.current) open(one.id);
          }}
        >
          <span className="block max-w-56 truncate">{one.name}</span>
        </MenuItem>
      ))}
      {list.length > 0 && <MenuSeparator />}
      <MenuItem icon={Plus} testId="workspace-new" onSelect={() => open()}>
        New workspace…
      </MenuItem>
    </>
  );
}
