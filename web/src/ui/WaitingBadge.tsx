import { CloudUpload } from 'lucide-react';

/** Marks what was saved on this device and has not left it yet. */
export function WaitingBadge({ what }: { what: string }) {
  return (
    <span
      data-testid="waiting"
      title="Saved. Goes out when you are online again."
      className="inline-flex h-6 items-center gap-1.5 rounded-full bg-warn-soft px-2.5 text-xs font-medium whitespace-nowrap text-warn"
    >
      <CloudUpload className="size-3.5" aria-hidden />
      {`${what.charAt(0).toUpperCase()}${what.slice(1)} waits`}
    </span>
  );
}
