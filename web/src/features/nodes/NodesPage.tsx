import { Plus, Server } from 'lucide-react';
import { useState } from 'react';
import { useApps, useNodes } from '../../engine/hooks';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { EmptyState } from '../../ui/EmptyState';
import { plural } from '../../ui/format';
import { PageHeader } from '../../ui/PageHeader';
import { ClaimForm } from './ClaimForm';
import { MadeNodes } from './MadeNodes';
import { NodeCard } from './NodeCard';

export function NodesPage() {
  const nodes = useNodes();
  const apps = useApps();
  const [claiming, setClaiming] = useState(false);
  const awake = nodes.filter((node) => node.state === 'awake').length;
  const claimButton = (
    <Button variant="primary" data-testid="claim-open" onClick={() => setClaiming(true)}>
      <Plus aria-hidden />
      Claim a node
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Nodes"
        hint={
          nodes.length === 0
            ? 'The machines and services that run your apps.'
            : `${plural(nodes.length, 'node')}, ${awake} awake.`
        }
        actions={nodes.length > 0 && claimButton}
      />
      <MadeNodes />
      {nodes.length === 0 ? (
        <Card>
          <EmptyState icon={Server} title="No nodes yet" action={claimButton}>
            A node runs replicas of your apps. Run <code className="font-mono">scripts/up</code> and
            open the link it prints to claim three at once, claim one by its URL and code, or make
            one at a provider, on its account’s page.
          </EmptyState>
        </Card>
      ) : (
        <ul className="grid gap-4 lg:grid-cols-2">
          {nodes.map((node) => (
            <li key={node.id} className="min-w-0">
              <NodeCard node={node} apps={apps} />
            </li>
          ))}
        </ul>
      )}
      <ClaimForm open={claiming} onOpenChange={setClaiming} />
    </>
  );
}
