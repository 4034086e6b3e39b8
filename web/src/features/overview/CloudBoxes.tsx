import type { NodeView } from '@automator67/worker';
import clsx from 'clsx';
import { formatPercent, formatRate } from '../../ui/format';
import { NODE_TONE, REPLICA_TONE, stateWord, TONE_FILL } from '../../ui/states';
import type { NodeFacts } from './cloud-facts';
import type { Box } from './cloud-layout';

const REPLICA_PX = 12;
const REPLICA_GAP_PX = 4;
const NAME_CHARACTERS_MAX = 18;
const NARROW_BELOW_PX = 180;
const RATE_PX = 56;

function shorten(name: string): string {
  return name.length > NAME_CHARACTERS_MAX ? `${name.slice(0, NAME_CHARACTERS_MAX - 1)}…` : name;
}

type GatewayBoxProps = { place: Box; node: NodeView | null };

export function GatewayBox({ place, node }: GatewayBoxProps) {
  const rate = node?.load?.requestsPerSecond;
  return (
    <g transform={`translate(${place.x} ${place.y})`}>
      <rect
        width={place.width}
        height={place.height}
        rx={12}
        className="fill-accent-soft stroke-accent/50"
      />
      <circle cx={18} cy={23} r={4} className={TONE_FILL[node ? NODE_TONE[node.state] : 'ok']} />
      <text x={30} y={27} className="fill-ink text-[13px] font-semibold">
        {node ? shorten(node.name) : 'Requests'}
      </text>
      <text x={14} y={44} className="fill-muted text-[11px]">
        {node
          ? `gateway${rate === undefined ? '' : ` · ${formatRate(rate)} req/s`}`
          : 'through every node'}
      </text>
    </g>
  );
}

type NodeBoxProps = { place: Box; fact: NodeFacts };

export function NodeBox({ place, fact }: NodeBoxProps) {
  const { node, replicas } = fact;
  // A narrow box has no room for the rate beside the name: it goes beside the replicas.
  const narrow = place.width < NARROW_BELOW_PX;
  const free = place.width - 32 - (narrow ? RATE_PX : 0) + REPLICA_GAP_PX;
  const room = Math.floor(free / (REPLICA_PX + REPLICA_GAP_PX));
  const shown = replicas.length > room ? replicas.slice(0, Math.max(0, room - 2)) : replicas;
  const dead = node.state === 'dead';
  const wide = place.width >= 230;
  return (
    <g transform={`translate(${place.x} ${place.y})`} className={clsx(dead && 'opacity-80')}>
      <rect
        width={place.width}
        height={place.height}
        rx={12}
        className={clsx(
          'fill-surface dark:fill-raised',
          dead ? 'stroke-bad-dot/60' : 'stroke-line-strong/70',
        )}
      />
      <circle cx={18} cy={23} r={4} className={TONE_FILL[NODE_TONE[node.state]]} />
      <text x={30} y={27} className="fill-ink text-[13px] font-semibold">
        {shorten(node.name)}
      </text>
      <text
        x={place.width - 16}
        y={narrow ? 54 : 27}
        textAnchor="end"
        className="fill-muted text-[11px]"
      >
        {node.state === 'awake'
          ? `${formatRate(fact.requestsPerSecond)} req/s`
          : stateWord(node.state)}
      </text>
      {shown.map((replica, index) => (
        <rect
          key={replica.id}
          x={14 + index * (REPLICA_PX + REPLICA_GAP_PX)}
          y={44}
          width={REPLICA_PX}
          height={REPLICA_PX}
          rx={3.5}
          className={clsx(
            TONE_FILL[REPLICA_TONE[replica.state]],
            REPLICA_TONE[replica.state] === 'busy' && 'pulse-dot',
          )}
        >
          <title>{`${replica.app}: ${stateWord(replica.state)}`}</title>
        </rect>
      ))}
      {replicas.length > shown.length && (
        <text
          x={14 + shown.length * (REPLICA_PX + REPLICA_GAP_PX)}
          y={54}
          className="fill-muted text-[11px]"
        >
          +{replicas.length - shown.length}
        </text>
      )}
      {replicas.length === 0 && (
        <text x={14} y={54} className="fill-muted text-[11px]">
          {narrow ? 'None' : 'No replicas'}
        </text>
      )}
      {wide && node.load && !dead && (
        <text x={place.width - 16} y={54} textAnchor="end" className="fill-muted text-[11px]">
          {`CPU ${formatPercent(node.load.cpuPercent)} · mem ${formatPercent(node.load.memoryPercent)}`}
        </text>
      )}
    </g>
  );
}
