// Where the data came from, and as of when.
import { Alert, List, Stack, Title } from '@mantine/core';
import { counted } from '../format/bytes';
import { Moment } from '../format/Moment';
import { Facts } from './Facts';
import { Section } from './Section';
import type { Details } from './useExport';
import { engine } from './words';

export function Sources({ snapshots }: { snapshots: Details['snapshots'] }) {
  if (snapshots.length === 0) {
    return null;
  }
  return (
    <Section title="Sources">
      {snapshots.map(({ source, engine: kind, serverVersion, takenAt, leftOut, warnings }) => (
        <Stack key={source} gap="xs">
          <Title order={3} size="h5">
            {source}
          </Title>
          <Facts
            facts={[
              ['Kind', [engine(kind), serverVersion].filter(Boolean).join(' ')],
              ['Data as of', <Moment at={takenAt} />],
              [
                'Left out',
                leftOut === 0 ? 'Nothing' : counted(leftOut, 'table, view or file', 'tables, views or files'),
              ],
            ]}
          />
          {warnings.length > 0 && (
            <Alert role="note" color="yellow" title="Worth knowing">
              <List size="sm">
                {warnings.map((warning) => (
                  <List.Item key={warning}>{warning}</List.Item>
                ))}
              </List>
            </Alert>
          )}
        </Stack>
      ))}
    </Section>
  );
}
