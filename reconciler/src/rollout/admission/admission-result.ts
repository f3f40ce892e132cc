import type { Admission, ConfigurationAssignment, DeviceStanding } from '@muster/registry';

/**
 * As what an admitted device counts, given how the generation that is rolled out stands with it. Only `applied` and
 * `failed` are finished. One that fell back has failed, whatever it says of the document that it has instead.
 */
export function admissionResult(admission: Admission, standing: ConfigurationAssignment | undefined): DeviceStanding {
  if (admission.state === 'resting') return 'pending';
  if (standing?.overridden) return 'overridden';
  if (standing?.applied) return 'applied';
  if (admission.state === 'failed') return 'failed';
  return admission.state === 'applied' && standing === undefined ? 'applied' : 'pending';
}
