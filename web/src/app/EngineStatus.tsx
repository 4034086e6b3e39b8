import { useEngine } from '../engine/hooks';
import { useWaiting } from '../engine/waiting';
import { StateDot } from '../ui/StateBadge';
import type { Tone } from '../ui/states';

export function EngineStatus() {
  const phase = useEngine((mirror) => mirror.phase);
  const status = useEngine((mirror) => mirror.status);
  const role = useEngine((mirror) => mirror.role);
  const controller = useEngine((mirror) => mirror.controller);
  const waiting = useWaiting();
  let tone: Tone = 'ok';
  let text = role === 'follower' ? 'Engine in another tab' : 'Engine running';
  if (phase === 'starting' || status === 'starting') [tone, text] = ['busy', 'Engine starting'];
  else if (phase === 'failed' || status === 'crashed') [tone, text] = ['bad', 'Engine stopped'];
  else if (controller?.state === 'superseded') [tone, text] = ['warn', 'Another controller'];
  else if (controller && !controller.online)
    [tone, text] = ['warn', waiting.length > 0 ? `Offline · ${waiting.length} waiting` : 'Offline'];
  return (
    <p role="status" className="flex items-center gap-2 px-2.5 text-[13px] text-muted">
      <StateDot tone={tone} />
      {text}
    </p>
  );
}
