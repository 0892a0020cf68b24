// The Data Exports page.
import { Title } from '@mantine/core';
import { Storages } from '../storages/Storages';

export function HomePage() {
  return <><Title order={1}>Data Exports</Title><Storages /></>;
}
