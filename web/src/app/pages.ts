// Every page is a chunk of its own: the first paint needs the shell and one page only. The others are fetched once the
// vault is open and whenever the browser has nothing else to do, so that going there is instant.
import { lazy } from 'react';

const load = {
  Workspace: () => import('./Workspace'),
  OverviewPage: () => import('../features/overview/OverviewPage'),
  NodesPage: () => import('../features/nodes/NodesPage'),
  ClaimDialog: () => import('../features/nodes/ClaimDialog'),
  AccountsPage: () => import('../features/accounts/AccountsPage'),
  ConnectPage: () => import('../features/accounts/ConnectPage'),
  AccountPage: () => import('../features/accounts/AccountPage'),
  ProviderPage: () => import('../features/accounts/ProviderPage'),
  BucketPage: () => import('../features/accounts/stored/BucketPage'),
  DocumentsPage: () => import('../features/accounts/stored/DocumentsPage'),
  DeployPage: () => import('../features/deploy/DeployPage'),
  AppsPage: () => import('../features/apps/AppsPage'),
  AppPage: () => import('../features/apps/AppPage'),
  ActivityPage: () => import('../features/activity/ActivityPage'),
  SecretsPage: () => import('../features/vault/secrets/SecretsPage'),
  DueNotice: () => import('../features/vault/secrets/DueNotice'),
  SettingsPage: () => import('../features/settings/SettingsPage'),
  FirstRun: () => import('../features/vault/FirstRun'),
  Unlock: () => import('../features/vault/Unlock'),
  DeviceSection: () => import('../features/device/DeviceSection'),
  EngineFailed: () => import('../features/device/EngineFailed'),
  DemoEntry: () => import('../features/demo/DemoEntry'),
  SaveCopy: () => import('../features/device/SaveCopy'),
  SecuritySection: () => import('../features/vault/SecuritySection'),
  CommandPalette: () => import('./CommandPalette'),
};

export const Workspace = lazy(async () => ({ default: (await load.Workspace()).Workspace }));
export const OverviewPage = lazy(async () => ({
  default: (await load.OverviewPage()).OverviewPage,
}));
export const NodesPage = lazy(async () => ({ default: (await load.NodesPage()).NodesPage }));
export const ClaimDialog = lazy(async () => ({ default: (await load.ClaimDialog()).ClaimDialog }));
export const AccountsPage = lazy(async () => ({
  default: (await load.AccountsPage()).AccountsPage,
}));
export const ConnectPage = lazy(async () => ({
  default: (await load.ConnectPage()).ConnectPage,
}));
export const AccountPage = lazy(async () => ({
  default: (await load.AccountPage()).AccountPage,
}));
export const ProviderPage = lazy(async () => ({
  default: (await load.ProviderPage()).ProviderPage,
}));
export const BucketPage = lazy(async () => ({ default: (await load.BucketPage()).BucketPage }));
export const DocumentsPage = lazy(async () => ({
  default: (await load.DocumentsPage()).DocumentsPage,
}));
export const DeployPage = lazy(async () => ({ default: (await load.DeployPage()).DeployPage }));
export const AppsPage = lazy(async () => ({ default: (await load.AppsPage()).AppsPage }));
export const AppPage = lazy(async () => ({ default: (await load.AppPage()).AppPage }));
export const ActivityPage = lazy(async () => ({
  default: (await load.ActivityPage()).ActivityPage,
}));
export const SecretsPage = lazy(async () => ({ default: (await load.SecretsPage()).SecretsPage }));
export const DueNotice = lazy(async () => ({ default: (await load.DueNotice()).DueNotice }));
export const SettingsPage = lazy(async () => ({
  default: (await load.SettingsPage()).SettingsPage,
}));
export const FirstRun = lazy(async () => ({ default: (await load.FirstRun()).FirstRun }));
export const Unlock = lazy(async () => ({ default: (await load.Unlock()).Unlock }));
export const SecuritySection = lazy(async () => ({
  default: (await load.SecuritySection()).SecuritySection,
}));
export const DeviceSection = lazy(async () => ({
  default: (await load.DeviceSection()).DeviceSection,
}));
export const EngineFailed = lazy(async () => ({
  default: (await load.EngineFailed()).EngineFailed,
}));
export const DemoEntry = lazy(async () => ({ default: (await load.DemoEntry()).DemoEntry }));
export const SaveCopy = lazy(async () => ({ default: (await load.SaveCopy()).SaveCopy }));
export const CommandPalette = lazy(async () => ({
  default: (await load.CommandPalette()).CommandPalette,
}));

const WITHOUT_IDLE_CALLBACK_MS = 200;

function whenIdle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) window.requestIdleCallback(() => resolve());
    else setTimeout(resolve, WITHOUT_IDLE_CALLBACK_MS);
  });
}

let preloaded = false;

/** One page after the other, so that whoever clicks or types meanwhile waits for one at most. */
export async function preloadPages(): Promise<void> {
  if (preloaded) return;
  preloaded = true;
  for (const one of Object.values(load)) {
    await whenIdle();
    // A chunk that cannot be had now is asked for again, and told about, when its page is opened.
    await one().catch(() => {});
  }
}
