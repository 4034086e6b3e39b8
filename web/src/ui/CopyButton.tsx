import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './Button';
import { showToast } from './toast-store';

type CopyButtonProps = { text: string; label: string; showLabel?: boolean };

const CONFIRMED_MS = 1500;

export function CopyButton({ text, label, showLabel = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      showToast({
        tone: 'bad',
        title: 'Nothing was copied: the browser refused access to the clipboard.',
      });
    }
  }

  const Icon = copied ? Check : Copy;
  return (
    <Button
      variant="ghost"
      size={showLabel ? 'sm' : 'icon-sm'}
      aria-label={copied ? 'Copied' : `Copy ${label}`}
      title={`Copy ${label}`}
      onClick={() => void copy()}
    >
      <Icon aria-hidden className={copied ? 'text-ok' : undefined} />
      {showLabel && (copied ? 'Copied' : 'Copy')}
    </Button>
  );
}
