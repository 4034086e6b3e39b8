import type { ErrorView, PlacementView, PlanView } from '@automator67/worker';
import { Rocket } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { isCancelled, toErrorView } from '../../engine/errors';
import { useApps, useSend } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { ErrorBox } from '../../ui/ErrorBox';
import { formatBytes, plural } from '../../ui/format';
import { Notice } from '../../ui/Notice';
import { PlacementReason } from '../../ui/PlacementReason';
import { SkeletonRows } from '../../ui/Skeleton';
import { stateWord } from '../../ui/states';
import { deployStore, requestOf, stepOfField, type Draft } from './deploy-draft';
import { StepFooter } from './StepFooter';

export function PlanStep({ draft }: { draft: Draft }) {
  const send = useSend();
  const apps = useApps();
  const [failure, setFailure] = useState<{ turn: number; error: ErrorView } | null>(null);
  const [turn, setTurn] = useState(0);
  const error = failure?.turn === turn ? failure.error : null;
  const exists = apps.some((app) => app.name === draft.settings.name);
  const request = requestOf(draft, exists);

  useEffect(() => {
    const asked = requestOf(deployStore.snapshot(), exists);
    if (!asked) {
      deployStore.change({ step: 'source' });
      return;
    }
    const abort = new AbortController();
    send('deploy.plan', asked, { signal: abort.signal }).then(
      ({ plan }) => {
        if (!abort.signal.aborted) deployStore.change({ plan });
      },
      (cause: unknown) => {
        if (abort.signal.aborted || isCancelled(cause)) return;
        const view = toErrorView(cause);
        // A fault in a field is shown where it can be corrected.
        if (view.code === 'invalid_input' && view.field) {
          deployStore.change({ fieldError: view, step: stepOfField(view.field) });
        } else setFailure({ turn, error: view });
      },
    );
    return () => abort.abort();
  }, [send, exists, turn]);

  const { plan } = draft;
  return (
    <>
      <div className="space-y-6 p-4 sm:p-6">
        {error && (
          <ErrorBox
            title="This cannot be deployed as it is."
            error={error}
            onRetry={() => setTurn(turn + 1)}
          />
        )}
        {error?.code === 'no_nodes' && (
          <Button asChild>
            <Link href="/nodes">Claim a node</Link>
          </Button>
        )}
        {!plan && !error && <SkeletonRows rows={5} />}
        {plan && !error && <PlanDetails plan={plan} />}
      </div>
      <StepFooter onBack={() => deployStore.change({ step: 'settings', plan: null })}>
        <Button
          variant="primary"
          data-testid="deploy-start"
          disabled={!plan || error !== null || !request}
          onClick={() =>
            request && void deployStore.roll(send, request, plan?.app ?? draft.settings.name)
          }
        >
          <Rocket aria-hidden />
          {plan && !plan.creates ? `Deploy new release` : 'Deploy'}
        </Button>
      </StepFooter>
    </>
  );
}

function PlanDetails({ plan }: { plan: PlanView }) {
  return (
    <div className="space-y-6" data-testid="deploy-plan">
      {plan.warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
      <dl className="grid gap-x-6 gap-y-4 sm:grid-cols-3">
        <Fact label="App">
          {plan.app}{' '}
          <span className="text-muted">{plan.creates ? 'new' : `becomes ${plan.release}`}</span>
        </Fact>
        <Fact label="Replicas">{plural(plan.replicas, 'replica')}</Fact>
        <Fact label="To send">
          {plan.uploads.length === 0
            ? 'Nothing: every node has it'
            : `${formatBytes(plan.uploadBytes)} to ${plan.uploads.join(', ')}`}
        </Fact>
        <Fact label="Runtime">
          {stateWord(plan.runtime)}
          <span className="block text-[13px] text-muted">{plan.runtimeWhy}</span>
        </Fact>
        <Fact label="Build">
          <Command text={plan.build} none="No build" />
        </Fact>
        <Fact label="Start">
          <Command text={plan.start} none="Served as files" />
        </Fact>
      </dl>
      <section aria-labelledby="plan-nodes">
        <h2 id="plan-nodes" className="mb-2 text-sm font-semibold text-ink">
          Where it will run, and why
        </h2>
        <ul className="grid gap-3 lg:grid-cols-2">
          {groupByNode(plan.placements).map(({ placement, copies }) => (
            <li key={placement.node} className="rounded-xl border border-line p-4">
              <div className="mb-1 flex items-baseline justify-between gap-3">
                <h3 className="truncate text-sm font-medium text-ink">
                  {placement.nodeName}
                  {copies > 1 && <span className="font-normal text-muted"> × {copies}</span>}
                </h3>
                <span className="tabular text-sm font-semibold text-accent-ink">
                  {placement.score.toFixed(1)}
                  <span className="font-normal text-muted"> / 100</span>
                </span>
              </div>
              <PlacementReason placement={placement} />
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="plan-steps">
        <h2 id="plan-steps" className="mb-2 text-sm font-semibold text-ink">
          What happens, in order
        </h2>
        <ol className="space-y-2">
          {plan.steps.map((step, index) => (
            <li key={step} className="flex gap-3 text-sm text-ink">
              <span className="tabular grid size-5 shrink-0 place-items-center rounded-full bg-sunken text-[11px] text-muted dark:bg-raised">
                {index + 1}
              </span>
              <span className="min-w-0 break-words">{step}</span>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

function groupByNode(
  placements: readonly PlacementView[],
): { placement: PlacementView; copies: number }[] {
  const byNode = new Map<string, { placement: PlacementView; copies: number }>();
  for (const placement of placements) {
    const seen = byNode.get(placement.node);
    if (seen) seen.copies += 1;
    else byNode.set(placement.node, { placement, copies: 1 });
  }
  return [...byNode.values()];
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-[13px] text-muted">{label}</dt>
      <dd className="mt-0.5 text-sm break-words text-ink">{children}</dd>
    </div>
  );
}

function Command({ text, none }: { text: string; none: string }) {
  if (text === '') return <span className="text-muted">{none}</span>;
  return <code className="font-mono text-[13px] break-words">{text}</code>;
}
