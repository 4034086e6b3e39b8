import { Suspense, useState } from 'react';
import { EngineContext } from '../engine/hooks';
import type { EngineStore } from '../engine/engine-store';
import { Toaster } from '../ui/Toaster';
import type { ClaimLink } from './claim-link';
import { ClaimDialog } from './pages';
import { Shell } from './Shell';
import { Routes } from './Routes';
import { UpdateNotice } from './UpdateNotice';
import { VaultGate } from './VaultGate';

type AppProps = { store: EngineStore; claim: ClaimLink | null };

export function App({ store, claim }: AppProps) {
  const [claimOpen, setClaimOpen] = useState(claim !== null);
  return (
    <EngineContext value={store}>
      <VaultGate>
        <Shell>
          <Routes />
        </Shell>
        {claim && (
          <Suspense>
            <ClaimDialog
              targets={claim.targets}
              problem={claim.problem}
              open={claimOpen}
              onOpenChange={setClaimOpen}
            />
          </Suspense>
        )}
      </VaultGate>
      <UpdateNotice />
      <Toaster />
    </EngineContext>
  );
}
