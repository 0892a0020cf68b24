// What reading the archive back has shown.
import { Alert, Badge, List, Text } from '@mantine/core';
import { count } from '../format/bytes';
import { Moment } from '../format/Moment';
import { Facts } from './Facts';
import { Section } from './Section';
import type { Details } from './useExport';
import { VERIFICATIONS } from './words';

const COLORS = { PASSED: 'green', FAILED: 'red', RUNNING: 'blue', NOT_VERIFIED: 'gray' } as const;

const MEANINGS = {
  PASSED: 'The archive was read back, and everything in it is as it was written.',
  FAILED: 'The archive was read back, and it is not as it was written. Do not rely on it.',
  RUNNING: 'The archive is being read back and compared with what was written.',
  NOT_VERIFIED: 'The archive was not read back.',
} as const;

export function Verification({ dataExport: { verification } }: { dataExport: Details }) {
  const { status, checkedAt, tablesChecked, rowsChecked, mismatches } = verification;
  return (
    <Section
      title="Verification"
      aside={
        <Badge color={COLORS[status]} variant="light" tt="none">
          {VERIFICATIONS[status]}
        </Badge>
      }
    >
      <Text size="sm">{MEANINGS[status]}</Text>
      {mismatches.length > 0 && (
        <Alert role="note" color="red" title="What is wrong">
          <List size="sm">
            {mismatches.map((mismatch) => (
              <List.Item key={mismatch}>{mismatch}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Facts
        facts={[
          ['Last read back', checkedAt === null ? 'Never' : <Moment at={checkedAt} />],
          ['Tables and files checked', count(tablesChecked)],
          ['Rows checked', count(rowsChecked)],
        ]}
      />
    </Section>
  );
}
