import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { EngineContext } from '../engine/hooks';
import { createEngineStore, type EngineStore } from '../engine/engine-store';
import { Toaster } from '../ui/Toaster';
import type { FakeClient } from './fake-client';

export type Rendered = { store: EngineStore; user: ReturnType<typeof userEvent.setup> };

/** Renders with a started engine mirror on `client`; resolves once its first state is in. */
export async function renderWith(client: FakeClient, children: ReactNode): Promise<Rendered> {
  const store = createEngineStore(() => Promise.resolve(client));
  store.start();
  const ready = new Promise<void>((resolve) => {
    const end = store.subscribe(() => {
      if (store.snapshot().phase === 'starting') return;
      end();
      resolve();
    });
  });
  await ready;
  render(
    <EngineContext value={store}>
      {children}
      <Toaster />
    </EngineContext>,
  );
  return { store, user: userEvent.setup() };
}

export { screen };
