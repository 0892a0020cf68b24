// The dashboard behind the sign-in: what all its pages need, and which of them the address means.
import { MantineProvider } from '@mantine/core';
import { Notifications, notifications } from '@mantine/notifications';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Provider } from 'urql';
import { Route, Switch, useLocation } from 'wouter';
import { connect } from '../api/client';
import { UncachedContext } from '../api/uncached';
import { Newest } from '../history/Newest';
import type { Session } from '../session/SessionGate';
import { nonce, theme } from './appearance';
import { Boundary } from './Boundary';
import { Frame } from './Frame';
import { HomePage } from './HomePage';
import { Missing } from './Missing';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './dashboard.css';

const ExportPage = lazy(() => import('../export/ExportPage'));

export default function Dashboard({ session }: { session: Session }) {
  const [connection] = useState(() => connect(session.refused));
  useEffect(
    () => () => {
      connection.close();
      // They are of this session, and the next may be somebody else's.
      notifications.clean();
    },
    [connection],
  );
  const where = useFocusOnNavigation();

  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Notifications position="bottom-right" />
      <Provider value={connection.client}>
        <UncachedContext value={connection.uncached}>
          <Newest>
            <Frame session={session}>
              <Boundary key={where} what="This page">
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
              </Boundary>
            </Frame>
          </Newest>
        </UncachedContext>
      </Provider>
    </MantineProvider>
  );
}

/** Where one is. Who goes to another page begins at its top, by keyboard and by screen reader too. */
function useFocusOnNavigation(): string {
  const [where] = useLocation();
  const shown = useRef(where);
  useEffect(() => {
    if (shown.current !== where) {
      shown.current = where;
      document.getElementById('content')?.focus();
    }
  }, [where]);
  return where;
}
