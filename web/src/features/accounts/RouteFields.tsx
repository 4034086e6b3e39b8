// How requests go to a provider: the way, a relay's address, another endpoint, and a trial of the ways.
import type { ErrorView, ProviderView, TransportView } from '@automator67/worker';
import { useId, useState } from 'react';
import { useCommand } from '../../engine/use-command';
import { useOnline } from '../../engine/waiting';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';
import { describedBy, Field } from '../../ui/Field';
import { StateBadge } from '../../ui/StateBadge';
import type { Tone } from '../../ui/states';
import { Select, TextInput } from '../../ui/TextInput';
import { isTransport, sentencesOf, TRANSPORT_WORDS, TRANSPORTS } from './account-facts';

export type RouteValues = { transport: string; relay: string };

type RouteFieldsProps = {
  provider: ProviderView | undefined;
  route: RouteValues;
  /** The choice that stands for no choice. */
  automatic: string;
  error: ErrorView | null;
  onChange: (route: Partial<RouteValues>) => void;
};

export function RouteFields({ provider, route, automatic, error, onChange }: RouteFieldsProps) {
  const id = useId();
  const ways = provider?.transports.filter(isTransport) ?? TRANSPORTS;
  const at = (field: string) => (error?.field === field ? sentencesOf(error) : null);
  return (
    <>
      <Field
        label="Transport"
        htmlFor={`${id}-transport`}
        hint="Where a provider does not answer web pages, somebody has to pass the requests on."
        error={at('transport')}
      >
        <Select
          id={`${id}-transport`}
          value={route.transport}
          data-testid="connect-transport"
          aria-invalid={at('transport') !== null}
          aria-describedby={describedBy(`${id}-transport`)}
          onChange={(event) => onChange({ transport: event.target.value })}
        >
          <option value="">{automatic}</option>
          {ways.map((way) => (
            <option key={way} value={way}>
              {TRANSPORT_WORDS[way]}
            </option>
          ))}
        </Select>
      </Field>
      <Field
        label="Relay address"
        optional
        htmlFor={`${id}-relay`}
        hint="A node of yours that passes requests on."
        error={at('relay')}
      >
        <TextInput
          id={`${id}-relay`}
          value={route.relay}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://relay.example.com"
          data-testid="connect-relay"
          aria-invalid={at('relay') !== null}
          aria-describedby={describedBy(`${id}-relay`)}
          onChange={(event) => onChange({ relay: event.target.value })}
        />
      </Field>
      {provider && <Trial provider={provider.id} relay={route.relay.trim()} />}
    </>
  );
}

const VERDICT_TONE: Record<TransportView['verdict'], Tone> = {
  works: 'ok',
  blocked: 'bad',
  unknown: 'idle',
};

function Trial({ provider, relay }: { provider: string; relay: string }) {
  const probe = useCommand('provider.probe');
  const online = useOnline();
  const [ways, setWays] = useState<readonly TransportView[] | null>(null);

  async function run(): Promise<void> {
    setWays(null);
    const answer = await probe.run({ provider, ...(relay !== '' && { relay }) });
    if (answer) setWays(answer.transports);
  }

  return (
    <div className="space-y-2">
      <Button
        size="sm"
        busy={probe.busy}
        disabled={probe.busy || !online}
        data-testid="probe"
        onClick={() => void run()}
      >
        Try which ways work from here
      </Button>
      <p className="text-[13px] text-muted">No token is sent.</p>
      {probe.error && <ErrorBox error={probe.error} />}
      {ways && (
        <ul className="space-y-1.5" data-testid="probe-result">
          {ways.map((way) => (
            <li key={way.transport} className="text-[13px] text-muted">
              <span className="mr-2 font-medium text-ink">{TRANSPORT_WORDS[way.transport]}</span>
              <StateBadge tone={VERDICT_TONE[way.verdict]} state={way.verdict} />
              <span className="block">
                {way.sees}
                {way.why && ` ${way.why}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
