import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useSearchParams } from 'wouter';
import { useApps } from '../../engine/hooks';
import { Card } from '../../ui/Card';
import { PageHeader } from '../../ui/PageHeader';
import { deployStore } from './deploy-draft';
import { PlanStep } from './PlanStep';
import { RolloutStep } from './RolloutStep';
import { SettingsStep } from './SettingsStep';
import { SourceStep } from './SourceStep';
import { StepTrail } from './StepTrail';

export function DeployPage() {
  const draft = useSyncExternalStore(deployStore.subscribe, deployStore.snapshot);
  useRedeployOf(draft.rollout?.state === 'running');
  useFreshStart();
  const heading = useRef<HTMLDivElement>(null);
  const firstStep = useRef(draft.step);
  useEffect(() => {
    if (firstStep.current === draft.step) return;
    firstStep.current = draft.step;
    heading.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [draft.step]);

  return (
    <>
      <PageHeader
        title="Deploy"
        hint="From a folder, an archive or Git to one URL on several nodes."
      />
      <StepTrail step={draft.step} />
      <Card ref={heading} tabIndex={-1} className="outline-none" aria-label={`Step: ${draft.step}`}>
        {draft.step === 'source' && <SourceStep draft={draft} />}
        {draft.step === 'settings' && <SettingsStep draft={draft} />}
        {draft.step === 'plan' && <PlanStep draft={draft} />}
        {draft.step === 'rollout' && <RolloutStep draft={draft} />}
      </Card>
    </>
  );
}

/**
 * A finished rollout that was seen makes room for the next: when the page is opened again, or when
 * Deploy is chosen while it is shown. One that ended while nobody looked is shown first.
 */
function useFreshStart(): void {
  useEffect(() => {
    deployStore.watch();
    // The router tells every navigation by this event, also one to where the person is already.
    window.addEventListener('pushState', deployStore.clearFinished);
    return () => {
      window.removeEventListener('pushState', deployStore.clearFinished);
      deployStore.unwatch();
    };
  }, []);
}

/** `/deploy?app=NAME` starts a new release of that app with the settings it has. */
function useRedeployOf(rolling: boolean): void {
  const [params] = useSearchParams();
  const apps = useApps();
  const name = params.get('app');
  const app = apps.find((one) => one.name === name);
  const taken = useRef<string | null>(null);
  useEffect(() => {
    if (!app || rolling || taken.current === app.name) return;
    taken.current = app.name;
    const { step } = deployStore.snapshot();
    if (step === 'rollout') deployStore.reset();
    deployStore.suggest({ name: app.name, replicas: app.replicasWanted });
    deployStore.set('name', app.name);
  }, [app, rolling]);
}
