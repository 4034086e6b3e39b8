import { useEffect, type ReactNode } from 'react';
import { Logo } from '../../ui/Logo';
import { OtherWorkspaces } from './OtherWorkspaces';

type VaultFrameProps = { title: string; hint?: ReactNode; step?: string; children: ReactNode };

/** What stands in for the whole page while there is no open vault. */
export function VaultFrame({ title, hint, step, children }: VaultFrameProps) {
  useEffect(() => {
    document.title = `${title} · Automator67`;
  }, [title]);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center px-4 py-8 sm:py-12">
      <div className="mb-6 flex items-center justify-between gap-4">
        <Logo />
        {step && <p className="text-[13px] text-muted">{step}</p>}
      </div>
      <section className="rounded-2xl border border-line bg-surface p-5 shadow-card sm:p-7">
        <h1 className="text-xl font-semibold tracking-tight text-balance text-ink">{title}</h1>
        {hint && <p className="mt-1.5 text-sm text-pretty text-muted">{hint}</p>}
        <div className="mt-5">{children}</div>
      </section>
      <OtherWorkspaces />
      <p className="mt-4 px-1 text-center text-[13px] text-balance text-muted">
        Everything is encrypted on this device. Nothing is sent to a server of ours.
      </p>
    </main>
  );
}
