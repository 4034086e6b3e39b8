import type { ErrorView } from '@automator67/worker';
import { useId, useState, type ReactNode } from 'react';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { ErrorBox } from './ErrorBox';
import { Field } from './Field';
import { TextInput } from './TextInput';

type ConfirmDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  confirmLabel: string;
  /** The person types this to go on; for what cannot be taken back. */
  typedName?: string;
  /** false: what it does is no loss. */
  danger?: boolean;
  busy?: boolean;
  error?: ErrorView | null;
  onConfirm: () => void;
  children?: ReactNode;
  testId?: string;
};

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, description, testId } = props;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      description={description}
      size="sm"
      testId={testId}
    >
      {open && <ConfirmForm {...props} />}
    </Dialog>
  );
}

function ConfirmForm({
  onOpenChange,
  confirmLabel,
  typedName,
  danger = true,
  busy = false,
  error,
  onConfirm,
  children,
}: ConfirmDialogProps) {
  const [typed, setTyped] = useState('');
  const inputId = useId();
  const ready = typedName === undefined || typed.trim() === typedName;
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) onConfirm();
      }}
    >
      {children}
      {typedName !== undefined && (
        <Field label={`Type “${typedName}” to confirm`} htmlFor={inputId}>
          <TextInput
            id={inputId}
            value={typed}
            autoComplete="off"
            spellCheck={false}
            data-testid="confirm-name"
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      )}
      {error && <ErrorBox error={error} />}
      <div className="flex justify-end gap-2">
        <Button onClick={() => onOpenChange(false)}>Cancel</Button>
        <Button
          type="submit"
          variant={danger ? 'danger-solid' : 'primary'}
          disabled={!ready || busy}
          busy={busy}
          data-testid="confirm-yes"
        >
          {confirmLabel}
        </Button>
      </div>
    </form>
  );
}
