// Which Argon2id parameters suit this device: as dear as a person will wait for, never below the floors.
//
// Memory comes before passes, because memory is what a guesser's graphics card lacks. The ceiling is low:
// the same passphrase must also open on the person's phone.
import type { Argon2Params } from './derive-jobs';

export type Calibration = { params: Argon2Params; milliseconds: number };

export const FLOOR: Argon2Params = { memoryKib: 64 * 1024, passes: 3 };
/** Where a browser does not give 64 MiB to a page. */
export const FLOOR_LOW_MEMORY: Argon2Params = { memoryKib: 32 * 1024, passes: 6 };
export const TARGET_MS = 750;
export const PROPOSED_MEMORY_KIB_MAX = 256 * 1024;
export const PROPOSED_PASSES_MAX = 20;

/** `measure` answers undefined when that much memory is not to be had. */
export function calibrate(measure: (params: Argon2Params) => number | undefined): Calibration {
  measure(FLOOR_LOW_MEMORY); // the first run pays for compiling
  const atFloor = measure(FLOOR);
  if (atFloor === undefined) return withinLowMemory(measure);
  const msPerKibPass = Math.max(atFloor, 1) / (FLOOR.memoryKib * FLOOR.passes);
  let { memoryKib } = FLOOR;
  while (
    memoryKib < PROPOSED_MEMORY_KIB_MAX &&
    memoryKib * 2 * FLOOR.passes * msPerKibPass <= TARGET_MS
  ) {
    memoryKib *= 2;
  }
  for (; memoryKib > FLOOR.memoryKib; memoryKib /= 2) {
    const params = { memoryKib, passes: passesFor(memoryKib * msPerKibPass, FLOOR.passes) };
    const milliseconds = measure(params);
    if (milliseconds !== undefined) return { params, milliseconds };
  }
  const passes = passesFor(FLOOR.memoryKib * msPerKibPass, FLOOR.passes);
  return {
    params: { memoryKib: FLOOR.memoryKib, passes },
    milliseconds: FLOOR.memoryKib * msPerKibPass * passes,
  };
}

function withinLowMemory(measure: (params: Argon2Params) => number | undefined): Calibration {
  const { memoryKib, passes: floor } = FLOOR_LOW_MEMORY;
  const measured = measure(FLOOR_LOW_MEMORY);
  if (measured === undefined) {
    throw new Error('this device cannot spare the 32 MiB a passphrase needs; close other tabs');
  }
  const msPerPass = Math.max(measured, 1) / floor;
  const passes = passesFor(msPerPass, floor);
  return { params: { memoryKib, passes }, milliseconds: msPerPass * passes };
}

function passesFor(msPerPass: number, floor: number): number {
  return Math.min(PROPOSED_PASSES_MAX, Math.max(floor, Math.floor(TARGET_MS / msPerPass)));
}
