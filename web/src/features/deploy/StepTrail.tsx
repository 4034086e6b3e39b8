import { StepTrail as Trail } from '../../ui/StepTrail';
import { STEPS, type Step } from './deploy-draft';

const LABELS: Record<Step, string> = {
  source: 'Source',
  settings: 'Settings',
  plan: 'Plan',
  rollout: 'Rollout',
};

export function StepTrail({ step }: { step: Step }) {
  return <Trail labels={STEPS.map((one) => LABELS[one])} here={STEPS.indexOf(step)} />;
}
