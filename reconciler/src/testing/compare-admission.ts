/** A device and its place in the order in which a generation admits. */
export interface AdmissionPlace {
  readonly id: string;
  readonly order: number;
}

/** Compares by order, then by id. Two devices of a million share an order once in ten thousand rollouts. */
export function compareAdmission(left: AdmissionPlace, right: AdmissionPlace): number {
  if (left.order !== right.order) return left.order - right.order;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}
