import { Check, Copy, Download, Printer } from 'lucide-react';
import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { Button } from '../../ui/Button';
import { download } from '../../ui/download';
import { Notice } from '../../ui/Notice';
import { showToast } from '../../ui/toast-store';
import { CLIPBOARD_MS, copyForAWhile } from './clipboard';
import { kitText } from './kit-words';

type RecoveryKitProps = { workspace: string; words: readonly string[]; madeAt: number };

const CONFIRMED_MS = 2500;
const FILE_NAME = 'automator67-recovery-kit.txt';

/** The nine words, and the three ways to keep them. */
export function RecoveryKit({ workspace, words, madeAt }: RecoveryKitProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy(): Promise<void> {
    try {
      await copyForAWhile(words.join('-'));
      setCopied(true);
    } catch {
      showToast({
        tone: 'bad',
        title: 'Nothing was copied: the browser refused access to the clipboard.',
      });
    }
  }

  return (
    <div className="space-y-4">
      <ol
        aria-label="Recovery words"
        data-testid="kit-words"
        className="grid grid-cols-2 gap-2 min-[380px]:grid-cols-3"
      >
        {words.map((word, index) => (
          <li
            key={word + String(index)}
            className="flex items-baseline gap-2 rounded-lg border border-line bg-canvas px-2.5 py-2 dark:bg-sunken"
          >
            <span aria-hidden className="tabular w-3 text-right text-xs text-faint select-none">
              {index + 1}
            </span>
            <span className="font-mono text-[15px] text-ink">{word}</span>
          </li>
        ))}
      </ol>
      <div className="grid grid-cols-3 gap-2">
        <Button data-testid="kit-print" onClick={() => window.print()}>
          <Printer aria-hidden />
          Print
        </Button>
        <Button data-testid="kit-copy" onClick={() => void copy()}>
          {copied ? <Check aria-hidden className="text-ok" /> : <Copy aria-hidden />}
          {copied ? 'Copied' : 'Copy'}
        </Button>
        <Button
          data-testid="kit-download"
          onClick={() => download(FILE_NAME, kitText(workspace, words, madeAt))}
        >
          <Download aria-hidden />
          Save
        </Button>
      </div>
      <p role="status" className="sr-only">
        {copied && `Copied. The clipboard is cleared in ${CLIPBOARD_MS / 1000} seconds.`}
      </p>
      <Notice tone="warn">
        Whoever has these words can open the workspace. The clipboard is cleared{' '}
        {CLIPBOARD_MS / 1000} seconds after copying; a saved file stays until you delete it.
      </Notice>
      <PrintSheet text={kitText(workspace, words, madeAt)} />
    </div>
  );
}

/** What is printed instead of the page; see `@media print` in styles.css. */
function PrintSheet({ text }: { text: string }) {
  return createPortal(
    <div data-print-sheet aria-hidden className="hidden">
      <pre className="font-mono text-base leading-8">{text}</pre>
    </div>,
    document.body,
  );
}
