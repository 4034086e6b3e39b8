// What an open vault shows. A chunk of its own: what comes before needs none of it.
import { Suspense, type ReactNode } from 'react';
import { Routes } from './Routes';
import { Shell } from './Shell';

/** `over`: what is shown above the page. */
export function Workspace({ over }: { over: ReactNode }) {
  return (
    <>
      <Shell>
        <Routes />
      </Shell>
      <Suspense>{over}</Suspense>
    </>
  );
}
