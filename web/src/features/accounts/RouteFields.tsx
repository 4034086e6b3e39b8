// How requests go to a provider: the way, the node that forwards them, and a trial of the ways.
import type { ErrorView, NodeView, ProviderView, TransportView } from '@automator67/worker';
import { useId, useState } from 'react';
import { useNodes } from '../../engine/hooks';
import { useCommand } from '../../engine/use-command';
import { useOnline } from '../../engine/waiting';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';
import { describedBy, Field } from '../../ui/Field';
import { StateBadge } from '../../ui/StateBadge';
import type { Tone } from '../../ui/states';
import { Select } from '../../ui/TextInput';
import { isTransport, sentencesOf, TRANSPORT_WORDS, TRANSPORTS } from './account-facts';

/** `relay` is a node's id; empty: the first that is awake. */
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
      {route.transport === 'relay' && (
        <RelayField
          id={`${id}-relay`}
          relay={route.relay}
          error={at('relay')}
          onChange={(relay) => onChange({ relay })}
        />
      )}
      {provider && <Trial provider={provider.id} />}
    </>
  );
}

type RelayFieldProps = {
  id: string;
  relay: string;
  error: string | null;
  onChange: (relay: string) => void;
};

/** Which node forwards, and what it sees by doing so. */
function RelayField({ id, relay, error, onChange }: RelayFieldProps) {
  const nodes = useNodes();
  const chosen = nodes.find((node) => node.id === relay) ?? nodes.find(isAwake);
  return (
    <Field
      label="Node that forwards"
      htmlFor={id}
      hint={
        chosen
          ? `${chosen.name} forwards your requests, and sees them and the token in them.`
          : 'No node of yours is awake. Claim one first: each can forward.'
      }
      error={error}
    >
      <Select
        id={id}
        value={relay}
        data-testid="connect-relay"
        aria-invalid={error !== null}
        aria-describedby={describedBy(id)}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">The first that is awake</option>
        {nodes.map((node) => (
          <option key={node.id} value={node.id}>
            {isAwake(node) ? node.name : `${node.name} (${node.state})`}
          </option>
        ))}
      </Select>
    </Field>
  );
}

const isAwake = ({ state }: NodeView): boolean => state === 'awake';

const VERDICT_TONE: Record<TransportView['verdict'], Tone> = {
  works: 'ok',
  blocked: 'bad',
  unknown: 'idle',
};

function Trial({ provider }: { provider: string }) {
  const probe = useCommand('provider.probe');
  const nodes = useNodes();
  const online = useOnline();
  const [ways, setWays] = useState<readonly TransportView[] | null>(null);

  async function run(): Promise<void> {
    setWays(null);
    const answer = await probe.run({ provider });
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
            <li key={`${way.transport} ${way.relay ?? ''}`} className="text-[13px] text-muted">
              <span className="mr-2 font-medium text-ink">{wordsOf(way, nodes)}</span>
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

function wordsOf({ transport, relay }: TransportView, nodes: readonly NodeView[]): string {
  const name = nodes.find(({ id }) => id === relay)?.name;
  return name === undefined ? TRANSPORT_WORDS[transport] : `By ${name}`;
}
