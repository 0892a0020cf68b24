// What to do first, as long as there is no export.
import { List, Paper, Text, Title } from '@mantine/core';
import { useMayAdminister, useMayOperate } from '../session/viewer';

export function FirstSteps() {
  const operates = useMayOperate();
  const administers = useMayAdminister();
  return (
    <Paper component="section" aria-labelledby="first-steps" withBorder p="md">
      <Title order={2} size="h3" id="first-steps" mb="xs">
        Nothing is exported yet
      </Title>
      {!operates && <Text>As soon as somebody makes an export, you see here how it goes.</Text>}
      {operates && (
        <List type="ordered" spacing={4}>
          <List.Item>
            Press “Create Data Export” and give it a name. It runs by itself; you can close this page.
          </List.Item>
          <List.Item>When it is completed, download the file and look up its password in the history below.</List.Item>
          {administers && <List.Item>Switch on “Automatic Exports” to have one each night.</List.Item>}
          {administers && (
            <List.Item>
              Add a storage, so that copies are somewhere else too, and switch on “Upload Automatic Exports”.
            </List.Item>
          )}
        </List>
      )}
    </Paper>
  );
}
