// Says when what the page shows may be old, or when this tab may not act, and what to do about it.
import { CloudOff, CopyMinus, LoaderCircle, ShieldAlert, TriangleAlert } from 'lucide-react';
import { useEngine, useEngineStore } from '../engine/hooks';
import { useWaiting, type Waiting } from '../engine/waiting';
import { Button } from '../ui/Button';

export function ConnectionBanner() {
  const phase = useEngine((mirror) => mirror.phase);
  const status = useEngine((mirror) => mirror.status);
  const failure = useEngine((mirror) => mirror.failure);
  const role = useEngine((mirror) => mirror.role);
  const controller = useEngine((mirror) => mirror.controller);
  const store = useEngineStore();
  const waiting = useWaiting();

  if (phase === 'failed') return null;
  if (status === 'crashed') {
    return (
      <Banner
        tone="bad"
        icon={<TriangleAlert aria-hidden />}
        action={
          failure?.code === 'conflict' ? (
            <Button size="sm" data-testid="banner-reload" onClick={() => window.location.reload()}>
              Reload this tab
            </Button>
          ) : (
            <Button size="sm" onClick={store.retry}>
              Restart the engine
            </Button>
          )
        }
      >
        {failure?.message ?? 'The engine stopped unexpectedly.'}{' '}
        {failure?.code === 'conflict'
          ? failure.hint
          : 'Your apps keep running; nothing new happens until it is restarted.'}
      </Banner>
    );
  }
  if (phase === 'starting' || status === 'starting') {
    return (
      <Banner tone="busy" icon={<LoaderCircle className="animate-spin" aria-hidden />}>
        The engine is starting…
      </Banner>
    );
  }
  if (controller?.state === 'superseded') {
    return (
      <Banner tone="warn" icon={<ShieldAlert aria-hidden />}>
        A newer controller gives the orders now, so nodes refuse changes from this page. Use that
        device, or claim the nodes again here to take over.
      </Banner>
    );
  }
  if (controller && !controller.online) {
    return (
      <Banner tone="warn" icon={<CloudOff aria-hidden />}>
        <Offline waiting={waiting} />
      </Banner>
    );
  }
  if (role === 'follower') {
    return (
      <Banner tone="busy" icon={<CopyMinus aria-hidden />}>
        The engine runs in another tab of this browser. Everything works here too; this tab takes
        over when that one is closed.
      </Banner>
    );
  }
  return null;
}

/** At most this many are named; the rest is counted. */
const NAMED_MAX = 3;

function Offline({ waiting }: { waiting: readonly Waiting[] }) {
  if (waiting.length === 0) {
    return (
      <>
        This device is offline. Your apps keep running, and what you change is saved here and goes
        out when you are online again.
      </>
    );
  }
  const named = waiting.slice(0, NAMED_MAX).map(({ app, what }) => `${app} (${what})`);
  const more = waiting.length - named.length;
  return (
    <span data-testid="waiting-list">
      This device is offline. Saved, and going out when you are online again: {named.join(', ')}
      {more > 0 && ` and ${more} more`}.
    </span>
  );
}

const TONES = {
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
  busy: 'bg-busy-soft text-busy',
} as const;

type BannerProps = {
  tone: keyof typeof TONES;
  icon: React.ReactNode;
  action?: React.ReactNode;
  testId?: string;
  children: React.ReactNode;
};

export function Banner({ tone, icon, action, testId = 'banner', children }: BannerProps) {
  return (
    <div
      role="status"
      data-testid={testId}
      className={`flex items-center gap-3 border-b border-line px-4 py-2.5 text-[13px] sm:px-6 md:px-8 [&_svg]:size-4 [&_svg]:shrink-0 ${TONES[tone]}`}
    >
      {icon}
      <p className="min-w-0 flex-1">{children}</p>
      {action}
    </div>
  );
}
