// How a table is called, and which tables of two exports are the same one.
import type { Table } from './useTables';

type Named = Pick<Table, 'source' | 'schema' | 'name'>;

/** Such as "public.orders", or "orders" where the source has no schemas. */
export function tableName({ schema, name }: Named): string {
  return schema === null ? name : `${schema}.${name}`;
}

/** The same for the same table, and for no other: names may hold any character. */
export function tableKey({ source, schema, name }: Named): string {
  return JSON.stringify([source, schema, name]);
}
