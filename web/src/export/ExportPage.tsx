// One export: what is in it, how it stands, and what can be done with it.
import { Anchor, SimpleGrid, Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from 'wouter';
import { Boundary } from '../dashboard/Boundary';
import { Missing } from '../dashboard/Missing';
import { RunningExport } from '../running/RunningExport';
import { Announcements } from './Announcements';
import { Changes } from './Changes';
import { Copies } from './Copies';
import { Ending } from './Ending';
import { Fault } from './Fault';
import { Head } from './Head';
import { PageSkeleton } from './PageSkeleton';
import { Sources } from './Sources';
import { TablesSection } from './TablesSection';
import { Trend } from './Trend';
import { isUnderWay, useExport } from './useExport';
import { useTables } from './useTables';
import { Verification } from './Verification';
import classes from './ExportPage.module.css';

export default function ExportPage({ id }: { id: string }) {
  const { dataExport, error, ask } = useExport(id);
  const completed = dataExport?.status === 'COMPLETED';
  const tables = useTables(completed ? id : null);
  useDocumentTitle(`${dataExport?.name ?? 'Export'} · Carryall`);

  if (dataExport === null) {
    return <Missing what="There is no export with this address. It may have been deleted." />;
  }
  if (dataExport === undefined) {
    return error === undefined ? (
      <PageSkeleton />
    ) : (
      <Fault title="The export cannot be shown" error={error} again={ask} />
    );
  }

  return (
    <Stack gap="lg" className={classes.page ?? ''}>
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
          <Changes dataExport={dataExport} tables={tables} />
          <Boundary what="The chart">
            <Trend id={id} />
          </Boundary>
          {/* The last, since it may be long. */}
          <TablesSection tables={tables} />
        </>
      )}
    </Stack>
  );
}
