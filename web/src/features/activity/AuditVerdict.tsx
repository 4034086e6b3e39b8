import type { Commands } from '@automator67/worker';
import { formatCount, plural } from '../../ui/format';
import { Notice } from '../../ui/Notice';
import { RelativeTime } from '../../ui/RelativeTime';

export type Verdict = Commands['audit.verify']['res'] & { at: number };

/** Plainly: is it as it was written, and if not, where not. */
export function AuditVerdict({ verdict }: { verdict: Verdict }) {
  const { intact, records, first, last, brokenAt, what, at } = verdict;
  return (
    <div role="status" data-testid="audit-verdict" data-intact={intact}>
      <Notice tone={intact ? 'ok' : 'bad'}>
        <p className="font-medium">
          {intact
            ? `Intact: ${records === 1 ? 'the one record is' : `all ${plural(records, 'record')} are`} as written, none was changed, moved or left out.`
            : `Not intact: record ${formatCount(brokenAt ?? 0)} is not as it was written.`}
        </p>
        <p className="mt-0.5">
          {!intact && what && `${what} `}
          {!intact && 'Rely only on the records before it. '}
          {first !== undefined &&
            last !== undefined &&
            `Checked numbers ${formatCount(first)} to ${formatCount(last)}, `}
          <RelativeTime at={at} />.
        </p>
      </Notice>
    </div>
  );
}
