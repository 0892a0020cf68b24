// The dashboard behind the sign-in: what all its pages need, and which of them the address means.
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Provider } from 'urql';
import { Route, Switch } from 'wouter';
import { connect } from '../api/client';
import type { Session } from '../session/SessionGate';
import { nonce, theme } from './appearance';
import { Frame } from './Frame';
import { HomePage } from './HomePage';
import { Missing } from './Missing';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './dashboard.css';

const ExportPage = lazy(() => import('../export/ExportPage'));

export default function Dashboard({ session }: { session: Session }) {
  const [connection] = useState(() => connect(session.refused));
  useEffect(() => connection.close, [connection]);

  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Notifications position="bottom-right" />
      <Provider value={connection.client}>
        <Frame session={session}>
          <Suspense fallback={null}>
            <Switch>
              <Route path="/">
                <HomePage />
              </Route>
              <Route path="/exports/:id">{({ id }) => <ExportPage key={id} id={id} />}</Route>
              <Route>
                <Missing what="There is no such page." />
              </Route>
            </Switch>
          </Suspense>
        </Frame>
      </Provider>
    </MantineProvider>
  );
}
