import type { ProviderView } from '@automator67/worker';
import { useId } from 'react';
import { redirectAddress } from '../../engine/oauth-channel';
import { CopyButton } from '../../ui/CopyButton';
import { describedBy, Field } from '../../ui/Field';
import { TextInput } from '../../ui/TextInput';

type SignInFieldsProps = {
  provider: ProviderView;
  client: string;
  error: string | null;
  onClient: (client: string) => void;
};

/** What signing in needs: an application that the person registered at the provider. */
export function SignInFields({ provider, client, error, onClient }: SignInFieldsProps) {
  const id = useId();
  const redirect = redirectAddress(window.location.origin);
  return (
    <>
      {provider.oauthNote && <p className="text-sm text-muted">{provider.oauthNote}</p>}
      <div>
        <p className="text-[13px] font-medium text-ink">Redirect address to register</p>
        <div className="mt-1 flex items-center gap-1">
          <code className="min-w-0 font-mono text-[13px] break-all text-ink">{redirect}</code>
          <CopyButton text={redirect} label="redirect address" />
        </div>
      </div>
      <Field
        label="Client id"
        htmlFor={id}
        hint="Of the application you registered. It is no secret."
        error={error}
      >
        <TextInput
          id={id}
          value={client}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={512}
          data-testid="connect-client"
          aria-invalid={error !== null}
          aria-describedby={describedBy(id)}
          onChange={(event) => onClient(event.target.value)}
        />
      </Field>
    </>
  );
}
