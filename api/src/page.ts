import { type TSchema, Type } from '@sinclair/typebox';
import { ConfigurationViewSchema } from './configuration.js';
import { DeviceSchema, SelectedDeviceSchema } from './device.js';
import { PlanSchema } from './plan.js';

/** A part of a list. Without a cursor it is the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

const cursor = Type.Optional(Type.String({ description: 'Absent on the last page' }));
const plan = Type.Optional(PlanSchema);

export const ConfigurationPageSchema = pageSchema('ConfigurationPage', ConfigurationViewSchema, {});
export const DevicePageSchema = pageSchema('DevicePage', DeviceSchema, { plan });
/** The items of a query with `select`. */
export const SelectedDevicePageSchema = pageSchema('SelectedDevicePage', SelectedDeviceSchema, { plan });

function pageSchema<Item extends TSchema, More extends Record<string, TSchema>>($id: string, item: Item, more: More) {
  return Type.Object({ items: Type.Array(item), cursor, ...more }, { $id });
}
