// What is shown in place of a part of the page that cannot be: most often its code is of a version that the server no longer has.
import { Alert, Button, Stack } from '@mantine/core';
import { Component, type ReactNode } from 'react';

interface Props {
  what: string;
  children: ReactNode;
}

/** React has no hook for this. */
export class Boundary extends Component<Props, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) {
      return this.props.children;
    }
    return (
      <Alert color="orange" role="alert" title={`${this.props.what} cannot be shown`}>
        <Stack align="flex-start" gap="sm">
          The server may have a newer version than this page. Load the page anew.
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              location.reload();
            }}
          >
            Load anew
          </Button>
        </Stack>
      </Alert>
    );
  }
}
