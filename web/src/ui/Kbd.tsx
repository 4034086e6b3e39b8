export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-grid h-5 min-w-5 place-items-center rounded border border-line-strong/70 bg-surface px-1 font-sans text-[11px] text-muted">
      {children}
    </kbd>
  );
}
