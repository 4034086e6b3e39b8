import { useQuery } from '../engine/use-query';

const DEVICE_CHARACTERS = 8;

/** "This device", or so much of another one's name as tells it from others. */
export function useDeviceName(): (device: string) => string {
  const own = useQuery('storage.status', {}).data?.storage.device;
  return (device) =>
    device === own ? 'This device' : `Device ${device.slice(0, DEVICE_CHARACTERS)}`;
}
