import { describe, expect, test } from 'vitest';
import { edgeWidth, flowSeconds, layoutCloud, type Box } from './cloud-layout';

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('cloud layout', () => {
  const cases = [320, 358, 640, 1100].flatMap((width) =>
    [1, 2, 3, 5, 6, 24].flatMap((nodes) => [1, 2].map((gateways) => ({ width, gateways, nodes }))),
  );
  test.each(cases)(
    '$nodes nodes and $gateways gateways fit in $width px without touching',
    ({ width, gateways, nodes }) => {
      const layout = layoutCloud(width, gateways, nodes);
      const boxes = [...layout.gateways, ...layout.nodes];
      expect(boxes).toHaveLength(nodes + gateways);
      for (const [index, box] of boxes.entries()) {
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width).toBeLessThanOrEqual(width);
        expect(box.y + box.height).toBeLessThanOrEqual(layout.height);
        expect(boxes.slice(index + 1).some((other) => overlap(box, other))).toBe(false);
      }
    },
  );

  test('every gateway has an edge to every node', () => {
    const layout = layoutCloud(900, 2, 3);
    expect(layout.edges.map((row) => row.length)).toEqual([3, 3]);
  });

  test('more requests flow faster and thicker, within bounds; none do not flow', () => {
    expect(flowSeconds(0)).toBeUndefined();
    const rates = [1, 10, 100, 10_000];
    const seconds = rates.map((rate) => flowSeconds(rate) ?? 0);
    expect([...seconds].sort((a, b) => b - a)).toEqual(seconds);
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0.35);
    const widths = rates.map(edgeWidth);
    expect([...widths].sort((a, b) => a - b)).toEqual(widths);
    expect(Math.max(...widths)).toBeLessThanOrEqual(5);
  });
});
