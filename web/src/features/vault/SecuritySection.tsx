import { useEngine } from '../../engine/hooks';
import { AutoLockCard } from './AutoLockCard';
import { BackupCard } from './BackupCard';
import { EraseWorkspace } from './EraseWorkspace';
import { KeyCard } from './KeyCard';
import { MethodsCard } from './MethodsCard';

/** The part of the settings about who may open the workspace. */
export function SecuritySection() {
  const vault = useEngine((mirror) => mirror.vault);
  if (!vault) return null;
  return (
    <div className="space-y-5" data-testid="security">
      <h2 className="pt-3 text-base font-semibold tracking-tight text-ink">Security</h2>
      <MethodsCard vault={vault} />
      <KeyCard vault={vault} />
      <BackupCard vault={vault} />
      <AutoLockCard />
      <EraseWorkspace />
    </div>
  );
}
