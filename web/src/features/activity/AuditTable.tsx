import type { AuditRecord } from '@automator67/worker';
import { formatExact } from '../../ui/format';
import { RelativeTime } from '../../ui/RelativeTime';
import { StateBadge } from '../../ui/StateBadge';
import { useDeviceName } from '../../history/use-device-name';
import { DONE } from './audit-filter';

const HEAD = 'px-4 py-2 text-left font-medium sm:px-5';
const CELL = 'px-4 py-2.5 align-top sm:px-5';

/** On a phone a record is one cell with all of it, and its outcome. */
export function AuditTable({ records }: { records: readonly AuditRecord[] }) {
  const deviceName = useDeviceName();
  return (
    <table className="w-full text-sm" data-testid="audit-table">
      <caption className="sr-only">Commands, newest first</caption>
      <thead className="border-b border-line text-[13px] text-muted">
        <tr>
          <th scope="col" className={`${HEAD} max-md:hidden`}>
            Number
          </th>
          <th scope="col" className={HEAD}>
            Command
          </th>
          <th scope="col" className={`${HEAD} max-md:hidden`}>
            Target
          </th>
          <th scope="col" className={HEAD}>
            Outcome
          </th>
          <th scope="col" className={`${HEAD} max-md:hidden`}>
            Device
          </th>
          <th scope="col" className={`${HEAD} max-md:hidden`}>
            When
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {records.map((record) => (
          <tr key={record.number} data-testid="audit-row" data-outcome={record.outcome}>
            <td className={`tabular ${CELL} text-muted max-md:hidden`}>{record.number}</td>
            <td className={`${CELL} min-w-0`}>
              <code className="font-mono text-[13px] text-ink">{record.command}</code>
              <p className="text-[13px] wrap-anywhere text-muted md:hidden">
                {record.target && `${record.target} · `}
                <RelativeTime at={record.at} />
              </p>
            </td>
            <td className={`${CELL} break-all text-ink max-md:hidden`}>
              {record.target || <span className="text-muted">—</span>}
            </td>
            <td className={CELL}>
              <StateBadge
                tone={record.outcome === DONE ? 'ok' : 'warn'}
                state={record.outcome.replaceAll('_', '-')}
              />
            </td>
            <td
              className={`${CELL} whitespace-nowrap text-muted max-md:hidden`}
              title={record.actor}
            >
              {deviceName(record.actor)}
            </td>
            <td className={`${CELL} whitespace-nowrap text-muted max-md:hidden`}>
              <span className="block text-ink">
                <RelativeTime at={record.at} />
              </span>
              <span className="block text-xs">{formatExact(record.at)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
