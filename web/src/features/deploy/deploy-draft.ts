// What the wizard holds while the person goes through it. It lives outside the page's components,
// so leaving the page and coming back loses nothing; the rollout itself is the engine's.
import type {
  AppView,
  DeploymentView,
  DeployRequest,
  ErrorView,
  PlanView,
  Source,
} from '@automator67/worker';
import { isCancelled, toErrorView } from '../../engine/errors';
import type { Send } from '../../engine/hooks';
import { showToast } from '../../ui/toast-store';
import type { EnvRow } from '../../ui/EnvEditor';
import { splitHosts } from '../../engine/validate';

export const STEPS = ['source', 'settings', 'plan', 'rollout'] as const;
export type Step = (typeof STEPS)[number];

export type Settings = {
  name: string;
  replicas: number;
  env: readonly EnvRow[];
  healthPath: string;
  policy: NonNullable<DeployRequest['policy']> | '';
  memoryMb: string;
  runtime: NonNullable<DeployRequest['runtime']>;
  build: string;
  start: string;
  hosts: string;
};

export type Draft = {
  step: Step;
  source: Source | null;
  sourceName: string;
  skipped: readonly string[];
  gitUrl: string;
  gitRef: string;
  settings: Settings;
  /** Settings the person changed; only these win over the manifest and the app as it is. */
  touched: ReadonlySet<keyof Settings>;
  /** Where the engine found a fault in what was asked. */
  fieldError: ErrorView | null;
  plan: PlanView | null;
  rollout: Rollout | null;
};

export type Rollout = {
  app: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  progress: DeploymentView | null;
  result: AppView | null;
  error: ErrorView | null;
};

const EMPTY_SETTINGS: Settings = {
  name: '',
  replicas: 3,
  env: [],
  healthPath: '',
  policy: '',
  memoryMb: '',
  runtime: 'auto',
  build: '',
  start: '',
  hosts: '',
};

export const EMPTY_DRAFT: Draft = {
  step: 'source',
  source: null,
  sourceName: '',
  skipped: [],
  gitUrl: '',
  gitRef: '',
  settings: EMPTY_SETTINGS,
  touched: new Set(),
  fieldError: null,
  plan: null,
  rollout: null,
};

export type DeployStore = ReturnType<typeof createDeployStore>;

export function createDeployStore() {
  const listeners = new Set<() => void>();
  let draft = EMPTY_DRAFT;
  // Which rollout is shown; the outcome of one that was left behind must not replace it.
  let turn = 0;
  let running: AbortController | null = null;
  let watched = false;
  let seen = false;

  function change(part: Partial<Draft>): void {
    draft = { ...draft, ...part };
    for (const listener of listeners) listener();
  }

  function changeRollout(part: Partial<Rollout>): void {
    if (draft.rollout) change({ rollout: { ...draft.rollout, ...part } });
  }

  function finish(part: Partial<Rollout> & Pick<Rollout, 'state'>, app: string): void {
    seen = watched;
    changeRollout(part);
    if (watched) return;
    if (part.state === 'done') showToast({ title: `${app} is live.` });
    else showToast({ title: `${app} was not deployed.`, detail: part.error?.message, tone: 'bad' });
  }

  function reset(): void {
    turn += 1;
    change(EMPTY_DRAFT);
  }

  function clearFinished(): void {
    if (draft.rollout && draft.rollout.state !== 'running') reset();
  }

  return {
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: (): Draft => draft,
    change,
    set<K extends keyof Settings>(key: K, value: Settings[K]): void {
      change({
        settings: { ...draft.settings, [key]: value },
        touched: new Set([...draft.touched, key]),
        fieldError: null,
      });
    },
    suggest(settings: Partial<Settings>): void {
      const kept = Object.entries(settings).filter(
        ([key]) => !draft.touched.has(key as keyof Settings),
      );
      change({ settings: { ...draft.settings, ...Object.fromEntries(kept) } });
    },
    reset,
    clearFinished,
    watch(): void {
      watched = true;
      if (seen) clearFinished();
      seen = true;
    },
    unwatch(): void {
      watched = false;
    },
    cancel(): void {
      running?.abort();
    },
    async roll(send: Send, request: DeployRequest, app: string): Promise<void> {
      const mine = ++turn;
      const abort = new AbortController();
      running = abort;
      seen = false;
      change({
        step: 'rollout',
        rollout: { app, state: 'running', progress: null, result: null, error: null },
      });
      try {
        const answer = await send('app.deploy', request, {
          signal: abort.signal,
          onProgress: (progress) => {
            if (turn === mine) changeRollout({ progress });
          },
        });
        if (turn !== mine) return;
        finish({ state: 'done', result: answer.app, progress: answer.deployment }, app);
      } catch (error) {
        if (turn !== mine) return;
        const state = isCancelled(error) ? 'cancelled' : 'failed';
        finish({ state, error: toErrorView(error) }, app);
      }
    },
  };
}

/** One wizard per page: there is one person in front of it. */
export const deployStore = createDeployStore();

export function requestOf(draft: Draft, exists: boolean): DeployRequest | null {
  const source = sourceOf(draft);
  if (!source) return null;
  const { settings, touched } = draft;
  const hosts = splitHosts(settings.hosts);
  const env = settings.env.filter((row) => row.name !== '');
  return {
    source,
    name: settings.name,
    replicas: settings.replicas,
    ...(exists ? {} : { create: true }),
    ...(touched.has('env') && {
      env: Object.fromEntries(env.map(({ name, value }) => [name, value])),
    }),
    ...(touched.has('healthPath') && { healthPath: settings.healthPath }),
    ...(settings.policy && { policy: settings.policy }),
    ...(settings.memoryMb !== '' && { memoryMb: Number(settings.memoryMb) }),
    ...(settings.runtime !== 'auto' && { runtime: settings.runtime }),
    ...(settings.build && { build: settings.build }),
    ...(settings.start && { start: settings.start }),
    ...(touched.has('hosts') && { hosts }),
  };
}

export function sourceOf(draft: Draft): Source | null {
  if (draft.source) return draft.source;
  const url = draft.gitUrl.trim();
  if (url === '') return null;
  const ref = draft.gitRef.trim();
  return { kind: 'git', url, ...(ref && { ref }) };
}

/** Which step shows the field the engine complained about. */
export function stepOfField(field: string): Step {
  return field === 'source' || field.startsWith('source.') ? 'source' : 'settings';
}
