// One export: what is in it, how it stands, and what can be done with it.
import { Alert, Anchor, Button, SimpleGrid, Stack } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { inWords } from '../api/useChange';
import { Missing } from '../dashboard/Missing';
import { RunningExport } from '../running/RunningExport';
import { Announcements } from './Announcements';
import { Copies } from './Copies';
import { Ending } from './Ending';
import { Head } from './Head';
import { PageSkeleton } from './PageSkeleton';
import { Sources } from './Sources';
import { TablesSection } from './TablesSection';
import { Trend } from './Trend';
import { isUnderWay, useExport } from './useExport';
import { useTables } from './useTables';
import { Verification } from './Verification';

export default function ExportPage({ id }: { id: string }) {
  const { dataExport, error, fetching, ask } = useExport(id);
  const completed = dataExport?.status === 'COMPLETED';
  const tables = useTables(completed ? id : null);
  useTitle(dataExport?.name);

  if (dataExport === null) {
    return <Missing what="There is no export with this address. It may have been deleted." />;
  }
  if (dataExport === undefined) {
    return error === undefined ? (
      <PageSkeleton />
    ) : (
      <Alert color="red" title="The export cannot be shown" role="alert">
        <Stack align="flex-start" gap="sm">
          {inWords(error)}
          <Button size="xs" variant="default" loading={fetching} onClick={ask}>
            Try again
          </Button>
        </Stack>
      </Alert>
    );
  }

  return (
    <Stack gap="lg">
      <Anchor component={Link} href="/" size="sm" w="fit-content">
        <IconArrowLeft size={14} aria-hidden /> All data exports
      </Anchor>
      <Announcements dataExport={dataExport} />
      <Head dataExport={dataExport} />
      {isUnderWay(dataExport) && <RunningExport of={dataExport} linked={false} />}
      <Ending dataExport={dataExport} />
      {completed && (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <Verification dataExport={dataExport} />
          <Sources snapshots={dataExport.snapshots} />
        </SimpleGrid>
      )}
      <Copies dataExport={dataExport} />
      {completed && (
        <>
          <Trend id={id} />
          {/* The last, since it may be long. */}
          <TablesSection tables={tables} />
        </>
      )}
    </Stack>
  );
}

/** The browser's tab, and what a bookmark is called. */
function useTitle(name: string | undefined): void {
  useEffect(() => {
    if (name === undefined) {
      return;
    }
    const before = document.title;
    document.title = `${name} · Carryall`;
    return () => {
      document.title = before;
    };
  }, [name]);
}
