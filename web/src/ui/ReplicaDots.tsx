import type { ReplicaView } from '@automator67/worker';
import clsx from 'clsx';
import { REPLICA_TONE, stateWord, TONE_DOT } from './states';

const SHOWN_MAX = 24;

/** One small square per replica; the words beside it tell the same, so it is hidden from readers. */
export function ReplicaDots({ replicas }: { replicas: readonly ReplicaView[] }) {
  return (
    <span aria-hidden className="flex flex-wrap items-center gap-1">
      {replicas.slice(0, SHOWN_MAX).map((replica) => (
        <span
          key={replica.id}
          title={`${replica.nodeName}: ${stateWord(replica.state)}`}
          className={clsx(
            'size-2.5 rounded-[3px]',
            TONE_DOT[REPLICA_TONE[replica.state]],
            REPLICA_TONE[replica.state] === 'busy' && 'pulse-dot',
          )}
        />
      ))}
      {replicas.length > SHOWN_MAX && (
        <span className="text-xs text-muted">+{replicas.length - SHOWN_MAX}</span>
      )}
    </span>
  );
}
