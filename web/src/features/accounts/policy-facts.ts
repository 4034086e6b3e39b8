// What a policy card says, in words, and how a list of providers is searched. Nothing here knows a provider.
import type { PolicyValue, ProviderView } from '@automator67/worker';

export const NOT_FOUND = 'Not found';

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 6 });

/** What counts: the person's own value, else the card's; undefined when nothing was found. */
export function inForce(value: PolicyValue): unknown {
  return isOwn(value) ? value.overridden : value.value;
}

export const isOwn = (value: PolicyValue): boolean => value.overridden !== undefined;

export function wordsOf(value: unknown, unit?: string): string {
  if (value === undefined || value === null) return NOT_FOUND;
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'number')
    return unit ? `${number.format(value)} ${unit}` : number.format(value);
  if (Array.isArray(value)) return value.map((one) => String(one)).join(', ');
  if (typeof value === 'string') return value.charAt(0).toUpperCase() + value.slice(1);
  return JSON.stringify(value);
}

export const valueWords = (value: PolicyValue): string => wordsOf(inForce(value), value.unit);

export const TRUST_WORDS: Record<PolicyValue['trust'], string> = {
  documented: 'Documented',
  staff: 'Said by staff',
  reported: 'Reported by others',
  unknown: 'Not confirmed',
};

/** What decides whether a provider will do, besides what it gives for free. */
const QUESTIONS = [
  { key: 'sleep.after', label: 'Sleeps after so long without traffic' },
  { key: 'card.needed', label: 'Needs a card' },
  { key: 'use.commercial', label: 'Commercial use allowed' },
  { key: 'cors.api', label: 'Answers a web page directly' },
] as const;

export type Question = { key: string; label: string; value: PolicyValue | null };

/** Always all of them, so that cards can be compared; null where the card says nothing. */
export function questionsOf(provider: ProviderView): Question[] {
  return QUESTIONS.map(({ key, label }) => ({
    key,
    label,
    value: provider.values.find((one) => one.key === key) ?? null,
  }));
}

export function freeValues(provider: ProviderView): PolicyValue[] {
  return provider.values.filter((one) => one.key.startsWith('free.'));
}

// ---- capabilities

const CAPABILITY_WORDS: Readonly<Record<string, string>> = {
  'compute.image': 'Runs images',
  'compute.git': 'Runs Git repositories',
  'compute.upload': 'Runs uploaded files',
  'static.upload': 'Static sites',
  'edge.function': 'Functions',
  'sql.http': 'SQL',
  documents: 'Documents',
  objects: 'Objects',
  logs: 'Logs',
  metrics: 'Metrics',
  usage: 'Usage',
  domains: 'Own domains',
  oauth: 'Signing in',
  tokens: 'Tokens by API',
};

export const capabilityWords = (name: string): string => CAPABILITY_WORDS[name] ?? name;

export type Need = { id: string; label: string; has: readonly string[] };

export const NEEDS: readonly Need[] = [
  { id: 'compute', label: 'Compute', has: ['compute.image', 'compute.git', 'compute.upload'] },
  { id: 'static', label: 'Static sites', has: ['static.upload'] },
  { id: 'functions', label: 'Functions', has: ['edge.function'] },
  { id: 'sql', label: 'SQL', has: ['sql.http'] },
  { id: 'documents', label: 'Documents', has: ['documents'] },
  { id: 'objects', label: 'Objects', has: ['objects'] },
];

/** Those that meet every need and hold every word that was typed. */
export function chosen(
  providers: readonly ProviderView[],
  text: string,
  needs: readonly string[],
): ProviderView[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = NEEDS.filter((need) => needs.includes(need.id));
  return providers.filter((provider) => {
    const meets = wanted.every((need) =>
      provider.capabilities.some((one) => need.has.includes(one)),
    );
    const said = [
      provider.name,
      provider.id,
      provider.summary,
      ...provider.capabilities.map(capabilityWords),
    ]
      .join(' ')
      .toLowerCase();
    return meets && words.every((word) => said.includes(word));
  });
}

export type Row = { key: string; label: string; values: (PolicyValue | null)[] };

/** A table of every value that any of them has, in the order of the first that has it. */
export function comparison(providers: readonly ProviderView[]): Row[] {
  const labels = new Map<string, string>();
  for (const provider of providers) {
    for (const { key, label } of provider.values) if (!labels.has(key)) labels.set(key, label);
  }
  return [...labels].map(([key, label]) => ({
    key,
    label,
    values: providers.map((one) => one.values.find((value) => value.key === key) ?? null),
  }));
}
