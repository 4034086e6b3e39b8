import { Logo } from '../ui/Logo';

/**
 * While the engine starts. The same stands in index.html, so it is painted before any script has come: what
 * follows on most devices, the card of first run or of unlocking, takes its place.
 */
export function Splash() {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center px-4 py-8 sm:py-12">
      <div className="mb-6 flex items-center justify-between gap-4">
        <Logo />
      </div>
      <section
        aria-busy="true"
        className="rounded-2xl border border-line bg-surface p-5 shadow-card sm:p-7"
        data-testid="splash"
      >
        <h1 className="text-xl font-semibold tracking-tight text-balance text-ink">Starting…</h1>
        <p className="mt-1.5 text-sm text-pretty text-muted">
          Your accounts at clouds and your own machines become one cloud, which is run from this
          page. Its engine is starting on this device: your workspace opens here, with a passphrase
          only you know.
        </p>
        <div className="mt-5 space-y-5" aria-hidden="true">
          <div className="h-10 rounded-lg bg-sunken"></div>
          <div className="h-10 rounded-lg bg-sunken"></div>
          <div className="h-11 rounded-lg bg-sunken"></div>
        </div>
      </section>
      <p className="mt-4 px-1 text-center text-[13px] text-balance text-muted">
        Everything is encrypted on this device. Nothing is sent to a server of ours.
      </p>
    </main>
  );
}
