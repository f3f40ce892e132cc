import type { Admission, ConfigurationAssignment, DeviceStanding } from '@muster/registry';

/**
 * How an admitted device is counted, given its state for the rolled-out generation. Only `applied` and `failed` are
 * final. A device that fell back has failed, whatever it reports for the document that it has instead.
 */
export function admissionResult(admission: Admission, standing: ConfigurationAssignment | undefined): DeviceStanding {
  if (admission.state === 'resting') return 'pending';
  if (standing?.overridden) return 'overridden';
  if (standing?.applied) return 'applied';
  if (admission.state === 'failed') return 'failed';
  return admission.state === 'applied' && standing === undefined ? 'applied' : 'pending';
}
