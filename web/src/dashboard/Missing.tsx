// What is shown where an address leads nowhere.
import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from 'wouter';

export function Missing({ what }: { what: string }) {
  return (
    <Stack align="center" py="xl" gap="xs">
      <Title order={1} size="h2">
        Nothing here
      </Title>
      <Text>{what}</Text>
      <Anchor component={Link} href="/">
        To the data exports
      </Anchor>
    </Stack>
  );
}
