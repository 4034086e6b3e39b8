import { RemoveAtProvider, type RemovalState } from '../RemoveAtProvider';

type RemoveStoredProps = RemovalState & {
  account: string;
  title: string;
  operation: 'object.remove' | 'document.remove';
  input: Record<string, unknown>;
};

/** One object or document. */
export function RemoveStored(props: RemoveStoredProps) {
  return (
    <RemoveAtProvider
      {...props}
      description="It is deleted at the provider, and nobody can bring it back."
      confirmLabel="Delete"
      done="It was deleted."
      testId="remove-stored-dialog"
    />
  );
}
