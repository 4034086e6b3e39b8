// What an error says was left at the provider, with a button that removes it.
import type { ErrorView } from '@automator67/worker';
import { useState } from 'react';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';
import { leftBehind, withoutLeft, type LeftBehind as Left } from './account-facts';
import { RemoveResource } from './RemoveResource';

type AccountErrorProps = {
  account: string;
  operations: readonly string[];
  error: ErrorView;
  title?: string;
  onRetry?: () => void;
  /** Something was removed. */
  onCleaned?: () => void;
};

export function AccountError(props: AccountErrorProps) {
  const { account, operations, error, title, onRetry, onCleaned } = props;
  const left = leftBehind(error);
  return (
    <div className="space-y-2">
      <ErrorBox error={withoutLeft(error)} title={title} onRetry={onRetry} />
      {left.length > 0 && (
        <ul className="space-y-2" aria-label="Left behind">
          {left.map((one) => (
            <LeftRow
              key={`${one.kind} ${one.id ?? one.name}`}
              account={account}
              left={one}
              removable={one.id !== null && operations.includes(`${one.kind}.remove`)}
              onCleaned={onCleaned}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

type LeftRowProps = {
  account: string;
  left: Left;
  removable: boolean;
  onCleaned?: () => void;
};

function LeftRow({ account, left, removable, onCleaned }: LeftRowProps) {
  const [asking, setAsking] = useState(false);
  const [gone, setGone] = useState(false);
  const { kind, id, name } = left;
  return (
    <li
      data-testid="left-behind"
      data-kind={kind}
      className="flex flex-wrap items-center justify-between gap-2 rounded-lg border border-line px-3 py-2 text-sm text-ink"
    >
      <span className="min-w-0 break-words">
        {gone
          ? `The ${kind} ${name} was removed.`
          : id === null
            ? `Whether the ${kind} ${name} is there is unknown. Look at the list.`
            : `The ${kind} ${name} was left behind.`}
      </span>
      {removable && !gone && (
        <Button
          size="sm"
          variant="danger"
          data-testid="left-remove"
          onClick={() => setAsking(true)}
        >
          Remove it<span className="sr-only">: {name}</span>
        </Button>
      )}
      {id !== null && (
        <RemoveResource
          account={account}
          kind={kind}
          resource={{ id, name }}
          open={asking}
          onOpenChange={setAsking}
          onRemoved={() => {
            setGone(true);
            onCleaned?.();
          }}
        />
      )}
    </li>
  );
}
