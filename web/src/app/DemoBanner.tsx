import { FlaskConical } from 'lucide-react';
import { useDemo } from '../engine/hooks';
import { Button } from '../ui/Button';
import { Banner } from './ConnectionBanner';

/** The demo never passes for the real thing, and leaving it is one press away. */
export function DemoBanner() {
  if (!useDemo()) return null;
  return (
    <Banner
      tone="busy"
      icon={<FlaskConical aria-hidden />}
      testId="demo-banner"
      action={
        <Button size="sm" data-testid="demo-leave" onClick={() => window.location.replace('/')}>
          Throw it away
        </Button>
      }
    >
      This is a demo: nodes and apps are played, and nothing is kept when you leave.
    </Banner>
  );
}
