// Where everything in the picture of the cloud stands. Pure geometry: sizes and counts in, boxes
// and paths out, so that it can be tested without a browser.
export type Box = { x: number; y: number; width: number; height: number };

export type CloudLayout = {
  width: number;
  height: number;
  gateways: Box[];
  nodes: Box[];
  /** One path per gateway and node: `edges[gateway][node]`. */
  edges: string[][];
};

export const NODE_HEIGHT = 76;
const GATEWAY_HEIGHT = 56;
const GATEWAY_WIDTH = 148;
const GAP = 16;
const PADDING = 4;
const WIDE_FROM_PX = 640;
const SIDE_BY_SIDE_MAX = 5;
const NODE_WIDTH_MIN = 130;
const NODE_WIDTH_MAX = 300;

export function layoutCloud(width: number, gateways: number, nodes: number): CloudLayout {
  return width >= WIDE_FROM_PX && nodes <= SIDE_BY_SIDE_MAX
    ? layoutSideways(width, gateways, nodes)
    : layoutDownwards(width, gateways, nodes);
}

/** Gateways on the left, nodes in a column on the right. */
function layoutSideways(width: number, gateways: number, nodes: number): CloudLayout {
  const nodeWidth = Math.min(NODE_WIDTH_MAX * 1.3, width * 0.46);
  const nodesHeight = nodes * NODE_HEIGHT + (nodes - 1) * GAP;
  const gatewaysHeight = gateways * GATEWAY_HEIGHT + (gateways - 1) * GAP;
  const height = Math.max(nodesHeight, gatewaysHeight, NODE_HEIGHT) + PADDING * 2;
  const gatewayBoxes = stack(
    gateways,
    PADDING,
    (height - gatewaysHeight) / 2,
    GATEWAY_WIDTH,
    GATEWAY_HEIGHT,
  );
  const nodeBoxes = stack(
    nodes,
    width - nodeWidth - PADDING,
    (height - nodesHeight) / 2,
    nodeWidth,
    NODE_HEIGHT,
  );
  const edges = gatewayBoxes.map((from) =>
    nodeBoxes.map((to) => {
      const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
      const [x2, y2] = [to.x, to.y + to.height / 2];
      const bend = (x2 - x1) / 2;
      return `M${n(x1)} ${n(y1)}C${n(x1 + bend)} ${n(y1)} ${n(x2 - bend)} ${n(y2)} ${n(x2)} ${n(y2)}`;
    }),
  );
  return { width, height, gateways: gatewayBoxes, nodes: nodeBoxes, edges };
}

/** Gateways on top, nodes in a grid below: for phones and for many nodes. */
function layoutDownwards(width: number, gateways: number, nodes: number): CloudLayout {
  const usable = width - PADDING * 2;
  const columns = Math.max(1, Math.min(nodes, Math.floor((usable + GAP) / (NODE_WIDTH_MIN + GAP))));
  const nodeWidth = Math.min(NODE_WIDTH_MAX, (usable - (columns - 1) * GAP) / columns);
  const rowWidth = columns * nodeWidth + (columns - 1) * GAP;
  const gatewayWidth = Math.min(
    GATEWAY_WIDTH,
    (usable - (gateways - 1) * GAP) / Math.max(1, gateways),
  );
  const gatewaysWidth = gateways * gatewayWidth + (gateways - 1) * GAP;
  const top = GATEWAY_HEIGHT + 56;
  const gatewayBoxes = Array.from({ length: gateways }, (_, i) => ({
    x: (width - gatewaysWidth) / 2 + i * (gatewayWidth + GAP),
    y: PADDING,
    width: gatewayWidth,
    height: GATEWAY_HEIGHT,
  }));
  const nodeBoxes = Array.from({ length: nodes }, (_, i) => ({
    x: (width - rowWidth) / 2 + (i % columns) * (nodeWidth + GAP),
    y: top + Math.floor(i / columns) * (NODE_HEIGHT + GAP),
    width: nodeWidth,
    height: NODE_HEIGHT,
  }));
  const rows = Math.ceil(nodes / columns);
  const height = top + rows * NODE_HEIGHT + Math.max(0, rows - 1) * GAP + PADDING;
  const edges = gatewayBoxes.map((from) =>
    nodeBoxes.map((to) => {
      const [x1, y1] = [from.x + from.width / 2, from.y + from.height];
      const [x2, y2] = [to.x + to.width / 2, to.y];
      return `M${n(x1)} ${n(y1)}C${n(x1)} ${n(y1 + 34)} ${n(x2)} ${n(Math.max(y1 + 22, y2 - 34))} ${n(x2)} ${n(y2)}`;
    }),
  );
  return { width, height, gateways: gatewayBoxes, nodes: nodeBoxes, edges };
}

function stack(count: number, x: number, y: number, width: number, height: number): Box[] {
  return Array.from({ length: count }, (_, i) => ({ x, y: y + i * (height + GAP), width, height }));
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Seconds for one dash length: more requests, faster; undefined: nothing flows. */
export function flowSeconds(requestsPerSecond: number): number | undefined {
  if (requestsPerSecond <= 0) return undefined;
  return Math.min(4, Math.max(0.35, 2.4 / Math.log2(2 + requestsPerSecond / 2)));
}

export function edgeWidth(requestsPerSecond: number): number {
  return requestsPerSecond <= 0 ? 1.25 : Math.min(5, 1.5 + Math.log10(1 + requestsPerSecond) * 1.1);
}
