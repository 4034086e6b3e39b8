// A dialog that is one form: opened anew it is empty, and it ends with Cancel and one button that does it.
import type { ErrorView } from '@automator67/worker';
import type { ReactNode } from 'react';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { ErrorBox } from './ErrorBox';

type FormDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  testId: string;
  /** Rendered only while open, so that nothing typed outlives the dialog. */
  children: (close: () => void) => ReactNode;
};

export function FormDialog({ children, ...dialog }: FormDialogProps) {
  return (
    <Dialog {...dialog} size="sm">
      {dialog.open && children(() => dialog.onOpenChange(false))}
    </Dialog>
  );
}

type DialogFormProps = {
  submitLabel: string;
  submitTestId: string;
  busy: boolean;
  disabled?: boolean;
  error: ErrorView | null;
  /** How far it is, said beside the buttons. */
  progress?: ReactNode;
  onSubmit: () => void;
  onCancel: () => void;
  children: ReactNode;
};

export function DialogForm(props: DialogFormProps) {
  const {
    submitLabel,
    submitTestId,
    busy,
    disabled = false,
    error,
    progress,
    onSubmit,
    onCancel,
  } = props;
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && !disabled) onSubmit();
      }}
    >
      {props.children}
      {/* Always in sight, however long the form is. */}
      <div className="sticky -bottom-4 -mx-5 -mb-4 space-y-3 border-t border-line bg-raised px-5 py-3.5 sm:rounded-b-2xl">
        {progress}
        {error && <ErrorBox error={error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onCancel}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={busy}
            disabled={busy || disabled}
            data-testid={submitTestId}
          >
            {submitLabel}
          </Button>
        </div>
      </div>
    </form>
  );
}
