import clsx from 'clsx';
import { Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { TONE_BADGE, type Tone } from './states';

type NoticeProps = { tone: Tone; children: ReactNode; action?: ReactNode };

/** A short remark beside content; not an alert, it interrupts nobody. */
export function Notice({ tone, children, action }: NoticeProps) {
  const Icon = tone === 'warn' || tone === 'bad' ? TriangleAlert : Info;
  return (
    <div
      className={clsx(
        'flex items-start gap-2.5 rounded-lg px-3 py-2.5 text-[13px]',
        TONE_BADGE[tone],
      )}
    >
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 break-words">{children}</div>
      {action}
    </div>
  );
}
