import type { ReactNode } from 'react';
import { Notice } from '../../ui/Notice';

/** Providers are asked over the network; what waits for it says so. */
export function NeedsNetwork({ children }: { children?: ReactNode }) {
  return (
    <Notice tone="warn">
      {children ??
        'This asks the provider, so it needs the network. Come back when this device is online.'}
    </Notice>
  );
}
