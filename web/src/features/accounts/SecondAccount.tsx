// A second account of one provider: most terms of service forbid it to one person, so it takes a word.
import type { ErrorView, ProviderView } from '@automator67/worker';
import { PolicyFact } from './PolicyFact';

type SecondAccountProps = {
  provider: ProviderView;
  /** The engine's word on it, once it was asked. */
  error: ErrorView | null;
  checked: boolean;
  onChange: (checked: boolean) => void;
};

export function SecondAccount({ provider, error, checked, onChange }: SecondAccountProps) {
  const terms = provider.values.find(({ key }) => key === 'accounts.per_person');
  return (
    <div
      role={error ? 'alert' : undefined}
      data-testid="second-account"
      className="rounded-xl border border-warn/30 bg-warn-soft p-4 text-sm text-ink"
    >
      <p className="font-medium">
        {error?.message ?? `There is an account of ${provider.name} already.`}
      </p>
      <p className="mt-1">
        {error?.hint ??
          'Most providers allow one account a person. Connect another only if it is a team’s or another person’s.'}
      </p>
      {terms && (
        <div className="mt-2">
          <p className="text-[13px]">{terms.label}:</p>
          <PolicyFact value={terms} />
        </div>
      )}
      <label className="mt-3 flex items-start gap-2.5">
        <input
          type="checkbox"
          className="mt-0.5 size-4 shrink-0 accent-accent"
          checked={checked}
          data-testid="connect-second"
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>Its terms allow this one. Connect it as a second account.</span>
      </label>
    </div>
  );
}
