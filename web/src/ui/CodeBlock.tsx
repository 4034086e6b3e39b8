import clsx from 'clsx';
import { CopyButton } from './CopyButton';
import { stripAnsi } from './strip-ansi';

type CodeBlockProps = { label: string; text: string; className?: string };

export function CodeBlock({ label, text, className }: CodeBlockProps) {
  const clean = stripAnsi(text);
  return (
    <div className={clsx('overflow-hidden rounded-lg border border-line bg-surface', className)}>
      <div className="flex items-center justify-between border-b border-line py-1 pr-1 pl-3">
        <span className="text-xs text-muted">{label}</span>
        <CopyButton text={clean} label={label} />
      </div>
      <pre
        // Scrollable regions must be reachable with the keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={label}
        role="region"
        className="max-h-64 overflow-auto px-3 py-2 font-mono text-xs leading-5 text-ink -outline-offset-2"
      >
        {clean}
      </pre>
    </div>
  );
}
