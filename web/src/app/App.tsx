import { Suspense, useState } from 'react';
import { EngineContext } from '../engine/hooks';
import type { EngineStore } from '../engine/engine-store';
import { Toaster } from '../ui/Toaster';
import type { ClaimLink } from './claim-link';
import { ClaimDialog, Workspace } from './pages';
import { Splash } from './Splash';
import { UpdateNotice } from './UpdateNotice';
import { VaultGate } from './VaultGate';

type AppProps = { store: EngineStore; claim: ClaimLink | null };

export function App({ store, claim }: AppProps) {
  const [claimOpen, setClaimOpen] = useState(claim !== null);
  return (
    <EngineContext value={store}>
      <VaultGate>
        <Suspense fallback={<Splash />}>
          <Workspace
            over={
              claim && (
                <ClaimDialog
                  targets={claim.targets}
                  problem={claim.problem}
                  open={claimOpen}
                  onOpenChange={setClaimOpen}
                />
              )
            }
          />
        </Suspense>
      </VaultGate>
      <UpdateNotice />
      <Toaster />
    </EngineContext>
  );
}
