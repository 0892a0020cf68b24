// The export's copies at the storages.
import { SimpleGrid, Text } from '@mantine/core';
import { Copy } from './Copy';
import { Section } from './Section';
import type { Details } from './useExport';

const TOGETHER: Record<Details['uploadStatus'], string> = {
  INCOMPLETE: 'Some copies were given up',
  NOT_REQUESTED: '',
  PENDING: 'Not all are there yet',
  UPLOADED: 'All have arrived whole',
};

const NONE = {
  PENDING: 'It will be copied to the storages when it is completed.',
  OTHER: 'There are none: no copy was asked for, no storage was switched on, or copies were removed.',
};

export function Copies({ dataExport }: { dataExport: Details }) {
  const { status, uploads, uploadStatus } = dataExport;
  if (uploads.length === 0 && (status === 'FAILED' || status === 'CANCELED')) {
    return null;
  }
  return (
    <Section title="Copies" aside={uploads.length > 0 && <Text size="sm">{TOGETHER[uploadStatus]}</Text>}>
      {uploads.length === 0 ? (
        <Text size="sm" c="dimmed">
          {uploadStatus === 'PENDING' ? NONE.PENDING : NONE.OTHER}
        </Text>
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          {uploads.map((copy) => (
            <Copy key={copy.storage.id} copy={copy} dataExport={dataExport} />
          ))}
        </SimpleGrid>
      )}
    </Section>
  );
}
