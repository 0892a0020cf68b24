// The Data Export History: a page of it, newest first, which changes by itself.
import { Alert, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { OutOfDate } from '../api/OutOfDate';
import { inWords } from '../api/useChange';
import { counted } from '../format/bytes';
import { HistoryTable } from './HistoryTable';
import { type HistoryPage, useHistory } from './useHistory';

export function History() {
  const page = useHistory();
  const [{ data, error }] = page.response;
  const exports = data?.dataExports;
  return (
    <Paper component="section" aria-labelledby="history" withBorder p="md">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h3" id="history">
          Data Export History
        </Title>
        {exports && <Text c="dimmed">{counted(exports.totalCount, 'export')}</Text>}
      </Group>
      <OutOfDate of={page.response[0]} />
      {error && !exports && <Alert color="red">{inWords(error)}</Alert>}
      {!exports && !error && <Waiting />}
      {exports?.totalCount === 0 && (
        <Text c="dimmed">No exports yet. The first one will be here as soon as it is asked for.</Text>
      )}
      {exports?.nodes.length === 0 && exports.totalCount > 0 && (
        <Text c="dimmed">Nothing more on this page: the exports it showed are gone.</Text>
      )}
      {exports && exports.nodes.length > 0 && <HistoryTable exports={exports.nodes} />}
      {exports && (exports.totalCount > exports.nodes.length || !page.newest) && <Pager page={page} />}
    </Paper>
  );
}

function Waiting() {
  return (
    <Stack gap="xs" role="status" aria-label="Loading the history">
      {[1, 2, 3].map((line) => (
        <Skeleton key={line} height={40} />
      ))}
    </Stack>
  );
}

function Pager({ page: { response, newest, show } }: { page: HistoryPage }) {
  const info = response[0].data?.dataExports.pageInfo;
  const older = info?.hasNextPage ?? false;
  const newer = info?.hasPreviousPage ?? !newest;
  return (
    <Group component="nav" aria-label="Pages of the history" justify="center" mt="md" gap="xs">
      <Button variant="default" disabled={newest} onClick={show.newest}>
        Newest
      </Button>
      <Button variant="default" disabled={newest || !newer} onClick={show.newer}>
        Newer
      </Button>
      <Button variant="default" disabled={!older} onClick={show.older}>
        Older
      </Button>
      <Button variant="default" disabled={!older} onClick={show.oldest}>
        Oldest
      </Button>
    </Group>
  );
}
