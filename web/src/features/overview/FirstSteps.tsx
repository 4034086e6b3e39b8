import clsx from 'clsx';
import { Check, Rocket, Server } from 'lucide-react';
import { Link } from 'wouter';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { plural } from '../../ui/format';

/** What a new person does next: claim nodes, then deploy. */
export function FirstSteps({ nodes }: { nodes: number }) {
  const claimed = nodes > 0;
  return (
    <Card className="mb-5" data-testid="first-steps">
      <div className="px-5 pt-6 pb-2 sm:px-8 sm:pt-8">
        <h2 className="text-lg font-semibold tracking-tight text-ink">
          {claimed ? 'Your nodes are ready for an app' : 'Two steps to your own cloud'}
        </h2>
        <p className="mt-1 max-w-xl text-sm text-pretty text-muted">
          Your apps run on machines you own. This page gives the orders; no server of ours is
          involved.
        </p>
      </div>
      <ol className="grid gap-3 p-5 sm:grid-cols-2 sm:p-8 sm:pt-5">
        <StepCard
          number={1}
          done={claimed}
          title="Claim nodes"
          text={
            claimed
              ? `${plural(nodes, 'node')} claimed.`
              : 'Run scripts/up and open the link it prints, or claim a node by its URL and code.'
          }
          action={
            !claimed && (
              <Button asChild variant="primary">
                <Link href="/nodes" data-testid="first-claim">
                  <Server aria-hidden />
                  Claim a node
                </Link>
              </Button>
            )
          }
        />
        <StepCard
          number={2}
          done={false}
          title="Deploy an app"
          text="Drop a folder, an archive or a Git address. It runs on several nodes behind one URL."
          action={
            <Button asChild variant={claimed ? 'primary' : 'secondary'}>
              <Link href="/deploy" data-testid="first-deploy">
                <Rocket aria-hidden />
                Deploy an app
              </Link>
            </Button>
          }
        />
      </ol>
    </Card>
  );
}

type StepCardProps = {
  number: number;
  done: boolean;
  title: string;
  text: string;
  action: React.ReactNode;
};

function StepCard({ number, done, title, text, action }: StepCardProps) {
  return (
    <li className="flex flex-col rounded-xl border border-line bg-canvas p-5 dark:bg-sunken">
      <span
        className={clsx(
          'mb-3 grid size-7 place-items-center rounded-full text-[13px] font-semibold',
          done ? 'bg-ok-soft text-ok' : 'bg-accent-soft text-accent-ink',
        )}
      >
        {done ? <Check className="size-4" aria-hidden /> : number}
      </span>
      <h3 className="text-[15px] font-semibold text-ink">
        {title}
        {done && <span className="sr-only"> (done)</span>}
      </h3>
      <p className="mt-1 mb-4 text-sm text-pretty text-muted">{text}</p>
      <div className="mt-auto">{action}</div>
    </li>
  );
}
