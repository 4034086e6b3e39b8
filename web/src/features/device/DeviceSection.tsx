import { DangerZone } from './DangerZone';
import { StorageCard } from './StorageCard';

/** This device's part of the settings. */
export function DeviceSection() {
  return (
    <>
      <StorageCard />
      <DangerZone />
    </>
  );
}
