// The page's shape while the server is asked.
import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';

export function PageSkeleton() {
  return (
    <Stack gap="lg">
      <VisuallyHidden role="status">Loading the export…</VisuallyHidden>
      <Skeleton height={16} width="8rem" />
      <Skeleton height={36} width="60%" />
      <Skeleton height={220} />
      <Skeleton height={320} />
    </Stack>
  );
}
