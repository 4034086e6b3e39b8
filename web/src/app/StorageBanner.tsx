import { HardDrive } from 'lucide-react';
import { Link } from 'wouter';
import { FULL_SHARE, shareOf, useStorage } from '../engine/storage-watch';
import { formatBytes } from '../ui/format';
import { Banner } from './ConnectionBanner';

const PERCENT = 100;

/** While there is time to do something about it, and when a change could not be saved. */
export function StorageBanner() {
  const { report, refused } = useStorage();
  const share = report ? shareOf(report) : 0;
  if (!refused && share < FULL_SHARE) return null;
  return (
    <Banner
      tone={refused ? 'bad' : 'warn'}
      icon={<HardDrive aria-hidden />}
      testId="storage-banner"
    >
      {refused
        ? 'This browser had no room to save the last change: it is lost if this tab closes before there is some. All that was saved before is safe. '
        : `The storage of this browser is ${Math.floor(share * PERCENT)} % full (${formatBytes(report?.usedBytes ?? 0)} of ${formatBytes(report?.quotaBytes ?? 0)}). `}
      Remove apps you do not need, or free space on the disk.{' '}
      <Link href="/settings" className="font-medium underline">
        See what takes the room
      </Link>
    </Banner>
  );
}
