import { formatPercent, formatRate, plural } from '../../ui/format';
import { StateBadge } from '../../ui/StateBadge';
import { NODE_TONE } from '../../ui/states';
import type { CloudFacts } from './cloud-facts';

type CloudTableProps = { facts: CloudFacts; visible: boolean };

/** The picture in words; always there for screen readers, on request for everyone. */
export function CloudTable({ facts, visible }: CloudTableProps) {
  return (
    <div
      className={visible ? 'overflow-x-auto' : 'sr-only'}
      data-testid="cloud-table"
      role="region"
      aria-label="Nodes as a table"
      // A region that scrolls sideways on a phone must be reachable with the keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={visible ? 0 : undefined}
    >
      <table className="w-full text-sm">
        <caption className="sr-only">Nodes, their replicas and traffic</caption>
        <thead>
          <tr className="border-b border-line text-left text-xs text-muted [&_th]:py-2 [&_th]:pr-4 [&_th]:font-medium">
            <th scope="col">Node</th>
            <th scope="col">State</th>
            <th scope="col">Replicas</th>
            <th scope="col">Requests</th>
            <th scope="col">CPU</th>
            <th scope="col">Memory</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {facts.gateways.map((node) => (
            <tr key={node.id} className="[&_td]:py-2 [&_td]:pr-4">
              <th scope="row" className="py-2 pr-4 text-left font-medium text-ink">
                {node.name} <span className="font-normal text-muted">gateway</span>
              </th>
              <td>
                <StateBadge tone={NODE_TONE[node.state]} state={node.state} />
              </td>
              <td className="text-muted">none, it only routes</td>
              <td className="tabular">{formatRate(node.load?.requestsPerSecond ?? 0)}/s</td>
              <td className="tabular">{formatPercent(node.load?.cpuPercent ?? 0)}</td>
              <td className="tabular">{formatPercent(node.load?.memoryPercent ?? 0)}</td>
            </tr>
          ))}
          {facts.nodes.map(({ node, replicas, requestsPerSecond }) => {
            const ready = replicas.filter((one) => one.state === 'ready').length;
            return (
              <tr key={node.id} className="[&_td]:py-2 [&_td]:pr-4">
                <th scope="row" className="py-2 pr-4 text-left font-medium text-ink">
                  {node.name}
                </th>
                <td>
                  <StateBadge tone={NODE_TONE[node.state]} state={node.state} />
                </td>
                <td className="tabular">
                  {replicas.length === 0
                    ? 'none'
                    : `${ready} of ${plural(replicas.length, 'replica')} ready`}
                </td>
                <td className="tabular">{formatRate(requestsPerSecond)}/s</td>
                <td className="tabular">{formatPercent(node.load?.cpuPercent ?? 0)}</td>
                <td className="tabular">{formatPercent(node.load?.memoryPercent ?? 0)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
