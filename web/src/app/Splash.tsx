import { Logo } from '../ui/Logo';

/** While the engine starts. It waits a moment before it shows, so that a quick start does not flash. */
export function Splash() {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <h1 className="sr-only">Automator67</h1>
      <div role="status" className="late" data-testid="splash">
        <Logo />
        <span className="sr-only">Starting…</span>
      </div>
    </main>
  );
}
