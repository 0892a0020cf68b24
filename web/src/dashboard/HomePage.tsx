// The Data Exports page.
import { Title } from '@mantine/core';

export function HomePage() {
  return <Title order={1}>Data Exports</Title>;
}
