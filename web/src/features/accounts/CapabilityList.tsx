import { capabilityWords } from './policy-facts';

type CapabilityListProps = { capabilities: readonly string[]; label: string };

export function CapabilityList({ capabilities, label }: CapabilityListProps) {
  return (
    <ul aria-label={label} className="flex flex-wrap gap-1.5">
      {capabilities.map((one) => (
        <li
          key={one}
          className="rounded-full bg-accent-soft px-2 py-0.5 text-xs font-medium text-accent-ink"
        >
          {capabilityWords(one)}
        </li>
      ))}
    </ul>
  );
}
