/** Whose connection it is. */
export type Principal = DevicePrincipal | ServicePrincipal;

export interface DevicePrincipal {
  readonly kind: 'device';
  readonly id: string;
}

export interface ServicePrincipal {
  readonly kind: 'service';
}
