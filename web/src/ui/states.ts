// The colour family and the words of every state the contract knows. A map over the contract's
// own unions: a new state does not compile until it has its colour.
import type {
  ActivityView,
  AppView,
  DeploymentView,
  NodeView,
  ReplicaView,
} from '@automator67/worker';

export type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'idle';

export const NODE_TONE: Record<NodeView['state'], Tone> = {
  awake: 'ok',
  asleep: 'idle',
  paused: 'idle',
  throttled: 'warn',
  suspect: 'warn',
  dead: 'bad',
};

export const NODE_MEANING: Record<NodeView['state'], string> = {
  awake: 'Answers and may run replicas.',
  asleep: 'Spun down by its provider; it wakes on a request.',
  paused: 'Stopped by a quota or because it was idle for long.',
  throttled: 'Answers, but its provider slows it down.',
  suspect: 'Has not been heard of in time; it gets no new replicas for now.',
  dead: 'Silent for too long; its replicas run elsewhere.',
};

export const APP_TONE: Record<AppView['state'], Tone> = {
  deploying: 'busy',
  running: 'ok',
  degraded: 'warn',
  stopped: 'idle',
  failed: 'bad',
};

export const REPLICA_TONE: Record<ReplicaView['state'], Tone> = {
  placed: 'idle',
  waiting: 'idle',
  uploading: 'busy',
  fetching: 'busy',
  unpacking: 'busy',
  building: 'busy',
  starting: 'busy',
  ready: 'ok',
  unhealthy: 'warn',
  backoff: 'warn',
  failed: 'bad',
  stopping: 'idle',
  lost: 'bad',
};

export const DEPLOYMENT_TONE: Record<DeploymentView['state'], Tone> = {
  uploading: 'busy',
  building: 'busy',
  starting: 'busy',
  done: 'ok',
  'rolled-back': 'warn',
  failed: 'bad',
  cancelled: 'idle',
};

export const LEVEL_TONE: Record<ActivityView['level'], Tone> = {
  info: 'idle',
  warning: 'warn',
  error: 'bad',
};

export const TONE_DOT: Record<Tone, string> = {
  ok: 'bg-ok-dot',
  warn: 'bg-warn-dot',
  bad: 'bg-bad-dot',
  busy: 'bg-busy-dot',
  idle: 'bg-idle-dot',
};

export const TONE_FILL: Record<Tone, string> = {
  ok: 'fill-ok-dot',
  warn: 'fill-warn-dot',
  bad: 'fill-bad-dot',
  busy: 'fill-busy-dot',
  idle: 'fill-idle-dot',
};

export const TONE_STROKE: Record<Tone, string> = {
  ok: 'stroke-ok-dot',
  warn: 'stroke-warn-dot',
  bad: 'stroke-bad-dot',
  busy: 'stroke-busy-dot',
  idle: 'stroke-idle-dot',
};

export const TONE_BADGE: Record<Tone, string> = {
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  busy: 'bg-busy-soft text-busy',
  idle: 'bg-sunken text-muted dark:bg-raised',
};

const UNFINISHED: readonly DeploymentView['state'][] = ['uploading', 'building', 'starting'];

export type RollingDeployment = DeploymentView & { state: 'uploading' | 'building' | 'starting' };

export function isRolling(deployment: DeploymentView | undefined): deployment is RollingDeployment {
  return deployment !== undefined && UNFINISHED.includes(deployment.state);
}

/** `rolled-back` -> `Rolled back`. */
export function stateWord(state: string): string {
  const words = state.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
