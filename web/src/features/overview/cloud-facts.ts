// What the picture and its table tell, taken from the mirror.
import type { AppView, NodeView, ReplicaView } from '@automator67/worker';

export const NODES_SHOWN_MAX = 24;

export type NodeFacts = {
  node: NodeView;
  replicas: ReplicaView[];
  requestsPerSecond: number;
};

export type CloudFacts = {
  gateways: NodeView[];
  nodes: NodeFacts[];
  hidden: number;
};

export function cloudFacts(nodes: readonly NodeView[], apps: readonly AppView[]): CloudFacts {
  const replicas = apps.flatMap((app) => app.replicas);
  const workers = nodes.filter((node) => node.role === 'worker');
  return {
    gateways: nodes.filter((node) => node.role === 'gateway').slice(0, 4),
    nodes: workers.slice(0, NODES_SHOWN_MAX).map((node) => {
      const own = replicas.filter((replica) => replica.node === node.id);
      return {
        node,
        replicas: own,
        requestsPerSecond: own.reduce((sum, one) => sum + (one.requestsPerSecond ?? 0), 0),
      };
    }),
    hidden: Math.max(0, workers.length - NODES_SHOWN_MAX),
  };
}

export type Totals = {
  apps: number;
  replicasReady: number;
  replicasWanted: number;
  requestsPerSecond: number;
  errorsPerSecond: number;
  nodesAwake: number;
  nodes: number;
  /** Of them, those that run apps. */
  workers: number;
};

export function totalsOf(nodes: readonly NodeView[], apps: readonly AppView[]): Totals {
  const sum = (pick: (app: AppView) => number) => apps.reduce((all, app) => all + pick(app), 0);
  const serving = apps.filter((app) => app.state !== 'stopped');
  return {
    apps: apps.length,
    replicasReady: sum((app) => app.replicasReady),
    replicasWanted: serving.reduce((all, app) => all + app.replicasWanted, 0),
    requestsPerSecond: sum((app) => app.requestsPerSecond),
    errorsPerSecond: sum((app) => app.errorsPerSecond),
    nodesAwake: nodes.filter((node) => node.state === 'awake').length,
    nodes: nodes.length,
    workers: nodes.filter((node) => node.role === 'worker').length,
  };
}
