import type { RolloutPolicy } from '@muster/twin';
import { windowAt } from './window.js';

/** Whether the schedule of a rollout admits devices now. `opensAt` is in milliseconds since 1970. */
export type AdmissionGate =
  | { readonly isOpen: true }
  | {
      readonly isOpen: false;
      readonly code: 'start' | 'window';
      readonly text: string;
      readonly opensAt: number;
    };

/** Decides by wall-clock time. A window in the time zone of each device is not checked here. */
export function admissionGate({ startAt, window }: RolloutPolicy, now: number): AdmissionGate {
  if (startAt !== undefined && now < startAt) {
    return { isOpen: false, code: 'start', text: `starts at ${timeText(startAt)}`, opensAt: startAt };
  }
  if (window === undefined || window.timezone.kind === 'tag') return { isOpen: true };
  const { isOpen, changesAt } = windowAt(window, now, window.timezone.zone);
  if (isOpen) return { isOpen };
  return { isOpen, code: 'window', text: `outside of the window until ${timeText(changesAt)}`, opensAt: changesAt };
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
