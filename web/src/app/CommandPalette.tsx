import * as Radix from '@radix-ui/react-dialog';
import { Command } from 'cmdk';
import {
  Boxes,
  Cloud,
  ExternalLink,
  Lock,
  Moon,
  Plus,
  RefreshCw,
  ScrollText,
  Search,
  Server,
  Sun,
  type LucideIcon,
} from 'lucide-react';
import { useLocation } from 'wouter';
import { useApps, useNodes } from '../engine/hooks';
import { useWorkspaces } from '../features/vault/use-workspaces';
import { updates, useUpdateAvailable } from '../offline/page-updates';
import { DESTINATIONS } from './destinations';
import { themeStore } from './theme';

type CommandPaletteProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onLock: () => void;
};

export function CommandPalette({ open, onOpenChange, onLock }: CommandPaletteProps) {
  const [, navigate] = useLocation();
  const apps = useApps();
  const nodes = useNodes();
  const workspaces = useWorkspaces();
  const updateAvailable = useUpdateAvailable();

  function run(action: () => void): () => void {
    return () => {
      onOpenChange(false);
      action();
    };
  }

  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <div data-overlay aria-hidden className="fixed inset-0 z-40 bg-black/40 dark:bg-black/60" />
        <Radix.Content
          aria-describedby={undefined}
          data-testid="palette"
          className="enter fixed inset-x-3 top-[10dvh] z-50 overflow-hidden rounded-2xl border border-line bg-raised shadow-pop sm:inset-x-auto sm:left-1/2 sm:w-[36rem] sm:-translate-x-1/2"
        >
          <Radix.Title className="sr-only">Search or run a command</Radix.Title>
          <Command label="Search or run a command" loop>
            <div className="flex items-center gap-3 border-b border-line px-4">
              <Search className="size-4 text-muted" aria-hidden />
              <Command.Input
                placeholder="Go to, open an app, deploy…"
                className="h-12 flex-1 bg-transparent text-base outline-none sm:text-sm"
              />
            </div>
            <Command.List className="max-h-[min(24rem,60dvh)] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-sm text-muted">
                Nothing matches. Try an app’s name, or “deploy”.
              </Command.Empty>
              <Group heading="Go to">
                {DESTINATIONS.map((one) => (
                  <Item key={one.id} icon={one.icon} onSelect={run(() => navigate(one.path))}>
                    {one.label}
                  </Item>
                ))}
              </Group>
              {apps.length > 0 && (
                <Group heading="Apps">
                  {apps.flatMap((app) => [
                    <Item
                      key={app.name}
                      icon={Boxes}
                      onSelect={run(() => navigate(`/apps/${app.name}`))}
                    >
                      {`Open ${app.name}`}
                    </Item>,
                    <Item
                      key={`${app.name} logs`}
                      icon={ScrollText}
                      onSelect={run(() => navigate(`/apps/${app.name}/logs`))}
                    >
                      {`Logs of ${app.name}`}
                    </Item>,
                    <Item
                      key={`${app.name} url`}
                      icon={ExternalLink}
                      onSelect={run(() => window.open(app.url, '_blank', 'noopener'))}
                    >
                      {`Visit ${app.name}`}
                    </Item>,
                  ])}
                </Group>
              )}
              {nodes.length > 0 && (
                <Group heading="Nodes">
                  {nodes.map((node) => (
                    <Item key={node.id} icon={Server} onSelect={run(() => navigate('/nodes'))}>
                      {`Node ${node.name}`}
                    </Item>
                  ))}
                </Group>
              )}
              <Group heading="Workspace">
                {updateAvailable && (
                  <Item icon={RefreshCw} onSelect={run(updates.reload)}>
                    Reload into the new version
                  </Item>
                )}
                <Item icon={Lock} onSelect={run(onLock)}>
                  Lock the workspace
                </Item>
                {workspaces.others.map((one) => (
                  <Item key={one.id} icon={Cloud} onSelect={run(() => workspaces.open(one.id))}>
                    {`Open workspace ${one.name}`}
                  </Item>
                ))}
                <Item icon={Plus} onSelect={run(() => workspaces.open())}>
                  New workspace…
                </Item>
              </Group>
              <Group heading="Theme">
                <Item icon={Sun} onSelect={run(() => themeStore.set('light'))}>
                  Use the light theme
                </Item>
                <Item icon={Moon} onSelect={run(() => themeStore.set('dark'))}>
                  Use the dark theme
                </Item>
              </Group>
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Group({ heading, children }: { heading: string; children: React.ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}

type ItemProps = { icon: LucideIcon; onSelect: () => void; children: string };

function Item({ icon: Icon, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      onSelect={onSelect}
      className="flex h-10 cursor-pointer items-center gap-3 rounded-lg px-2.5 text-sm text-ink data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent-ink"
    >
      <Icon className="size-4 opacity-80" aria-hidden />
      {children}
    </Command.Item>
  );
}
