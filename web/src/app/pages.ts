// Every page is loaded when it is first visited, so that the first paint needs the shell only.
import { lazy } from 'react';

export const OverviewPage = lazy(async () => ({
  default: (await import('../features/overview/OverviewPage')).OverviewPage,
}));
export const NodesPage = lazy(async () => ({
  default: (await import('../features/nodes/NodesPage')).NodesPage,
}));
export const ClaimDialog = lazy(async () => ({
  default: (await import('../features/nodes/ClaimDialog')).ClaimDialog,
}));
export const DeployPage = lazy(async () => ({
  default: (await import('../features/deploy/DeployPage')).DeployPage,
}));
export const AppsPage = lazy(async () => ({
  default: (await import('../features/apps/AppsPage')).AppsPage,
}));
export const AppPage = lazy(async () => ({
  default: (await import('../features/apps/AppPage')).AppPage,
}));
export const ActivityPage = lazy(async () => ({
  default: (await import('../features/activity/ActivityPage')).ActivityPage,
}));
export const SettingsPage = lazy(async () => ({
  default: (await import('../features/settings/SettingsPage')).SettingsPage,
}));
export const CommandPalette = lazy(async () => ({
  default: (await import('./CommandPalette')).CommandPalette,
}));
