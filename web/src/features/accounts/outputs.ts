// What operations answer (docs/provider-adapters.md), read leniently: an adapter of a newer engine may say more.
export type Kind = 'service' | 'site' | 'function' | 'database' | 'bucket';

export const KINDS: readonly { kind: Kind; title: string; one: string }[] = [
  { kind: 'service', title: 'Services', one: 'service' },
  { kind: 'site', title: 'Sites', one: 'site' },
  { kind: 'function', title: 'Functions', one: 'function' },
  { kind: 'database', title: 'Databases', one: 'database' },
  { kind: 'bucket', title: 'Buckets', one: 'bucket' },
];

export type Resource = {
  id: string;
  name: string;
  state?: string;
  url?: string;
  region?: string;
  plan?: string;
  detail?: string;
  createdAt?: number;
};

export type UsageLine = {
  metric: string;
  used: number;
  limit?: number;
  unit?: string;
  resetsAt?: number;
};

type Members = Record<string, unknown>;

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

function listIn(output: unknown, name: string): Members[] {
  const list = membersOf(output)[name];
  return Array.isArray(list) ? list.map(membersOf) : [];
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
const count = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** Of `<kind>.list`. A bucket's name is its id. */
export function resourcesIn(output: unknown, kind: Kind): Resource[] {
  return listIn(output, `${kind}s`).flatMap((one) => {
    const name = text(one['name']);
    const id = text(one['id']) ?? name;
    if (id === undefined) return [];
    return {
      id,
      name: name ?? id,
      state: text(one['state']),
      url: text(one['url']),
      region: text(one['region']),
      plan: text(one['plan']),
      detail: text(one['detail']),
      createdAt: count(one['createdAt']),
    };
  });
}

export function usageIn(output: unknown): UsageLine[] {
  return listIn(output, 'lines').flatMap((one) => {
    const metric = text(one['metric']);
    const used = count(one['used']);
    if (metric === undefined || used === undefined) return [];
    return {
      metric,
      used,
      limit: count(one['limit']),
      unit: text(one['unit']),
      resetsAt: count(one['resetsAt']),
    };
  });
}
