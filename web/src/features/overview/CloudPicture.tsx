// The live picture: gateways, nodes, their replicas, and traffic as moving dashes. The drawing is
// hidden from screen readers; the table beside it says the same.
import clsx from 'clsx';
import { useEffect, useRef, useState } from 'react';
import { TONE_FILL } from '../../ui/states';
import { NODE_TONE } from '../../ui/states';
import type { CloudFacts } from './cloud-facts';
import { edgeWidth, flowSeconds, layoutCloud } from './cloud-layout';
import { GatewayBox, NodeBox } from './CloudBoxes';

const WIDTH_BEFORE_MEASURE_PX = 880;

export function CloudPicture({ facts }: { facts: CloudFacts }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(WIDTH_BEFORE_MEASURE_PX);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(240, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // Without a gateway node, requests come in through the nodes' own gateways.
  const gateways = facts.gateways.length > 0 ? facts.gateways : [null];
  const layout = layoutCloud(width, gateways.length, facts.nodes.length);
  return (
    <div ref={box} aria-hidden className="w-full overflow-hidden" data-testid="cloud-picture">
      <svg
        width={layout.width}
        height={layout.height}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        className="block max-w-full"
      >
        {layout.edges.map((row, from) =>
          row.map((path, to) => {
            const fact = facts.nodes[to];
            const rate = (fact?.requestsPerSecond ?? 0) / gateways.length;
            const seconds = flowSeconds(rate);
            const dead = fact?.node.state === 'dead';
            return (
              <g key={`${from}-${to}`} fill="none">
                <path
                  d={path}
                  className={dead ? 'stroke-bad-dot' : 'stroke-line-strong'}
                  strokeWidth={1.25}
                  strokeDasharray={dead ? '2 5' : undefined}
                  opacity={dead ? 0.7 : 0.8}
                />
                {seconds !== undefined && !dead && (
                  <path
                    d={path}
                    className="edge-flow stroke-accent"
                    strokeWidth={edgeWidth(rate)}
                    strokeLinecap="round"
                    strokeDasharray="3 21"
                    style={{ '--flow-seconds': `${seconds.toFixed(2)}s` } as React.CSSProperties}
                  />
                )}
              </g>
            );
          }),
        )}
        {layout.gateways.map((place, index) => (
          <GatewayBox
            key={gateways[index]?.id ?? 'entry'}
            place={place}
            node={gateways[index] ?? null}
          />
        ))}
        {layout.nodes.map((place, index) => {
          const fact = facts.nodes[index];
          return fact ? <NodeBox key={fact.node.id} place={place} fact={fact} /> : null;
        })}
      </svg>
      <Legend />
    </div>
  );
}

function Legend() {
  const items = [
    { tone: NODE_TONE.awake, label: 'ready' },
    { tone: 'busy', label: 'on its way' },
    { tone: 'warn', label: 'unwell' },
    { tone: 'bad', label: 'failed or lost' },
  ] as const;
  return (
    <p className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {items.map((item) => (
        <span key={item.label} className="inline-flex items-center gap-1.5">
          <svg viewBox="0 0 10 10" className={clsx('size-2.5', TONE_FILL[item.tone])}>
            <rect width="10" height="10" rx="3" />
          </svg>
          {item.label}
        </span>
      ))}
    </p>
  );
}
