// What stands around every page: the product's name, who is signed in, and a banner while the server is gone.
import {
  ActionIcon,
  Alert,
  Anchor,
  Container,
  Group,
  Menu,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core';
import { IconCheck, IconChevronDown, IconMoon, IconSun, IconSunMoon } from '@tabler/icons-react';
import { type ReactNode, useContext } from 'react';
import { Link } from 'wouter';
import { useContactLost } from '../api/contact';
import { tellOutcome } from '../history/told';
import type { Session } from '../session/SessionGate';
import { ViewerContext } from '../session/viewer';
import icon from '../icon.svg';
import classes from './Frame.module.css';

export function Frame({ session, children }: { session: Session; children: ReactNode }) {
  return (
    <>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <header className={classes.header}>
        <Container size="xl" className={classes.bar}>
          <Link href="/" className={classes.brand ?? ''}>
            <img src={icon} alt="" width={24} height={24} />
            Carryall
          </Link>
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Anchor href="/graphiql" size="sm" c="inherit">
              GraphiQL
            </Anchor>
            <Appearance />
            <Account session={session} />
          </Group>
        </Container>
      </header>
      <ServerGone />
      <Container size="xl" component="main" id="content" tabIndex={-1} className={classes.content ?? ''}>
        {children}
      </Container>
    </>
  );
}

/** Says so while the server is gone, to screen readers too, and goes by itself. */
function ServerGone() {
  const lost = useContactLost();
  return (
    <div role="status" className={classes.banner}>
      {lost && (
        <Alert color="orange" radius={0} title="The server cannot be reached">
          What you see may be out of date. Trying again; this goes away by itself.
        </Alert>
      )}
    </div>
  );
}

const SCHEMES = [
  { value: 'light', label: 'Light', Icon: IconSun },
  { value: 'dark', label: 'Dark', Icon: IconMoon },
  { value: 'auto', label: 'As the system', Icon: IconSunMoon },
] as const;

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { Icon } = SCHEMES.find(({ value }) => value === colorScheme) ?? SCHEMES[2];
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" aria-label="Appearance" size="lg">
          <Icon size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, label, Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={16} />}
            rightSection={value === colorScheme && <IconCheck size={16} aria-label="chosen" />}
            onClick={() => {
              setColorScheme(value);
            }}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const ROLES = {
  ADMIN: 'Admin: may do everything',
  OPERATOR: 'Operator: makes exports and has their files',
  VIEWER: 'Viewer: sees how exports go',
};

async function leave(session: Session): Promise<void> {
  const problem = await session.signOut();
  if (problem !== null) {
    tellOutcome('Sign out', [{ field: null, message: problem, code: 'FAULT' }]);
  }
}

function Account({ session }: { session: Session }) {
  const viewer = useContext(ViewerContext);
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <UnstyledButton className={classes.account ?? ''} aria-label={`Signed in as ${viewer.name}`}>
          <Text span size="sm" truncate maw="10rem">
            {viewer.name}
          </Text>
          <IconChevronDown size={16} aria-hidden className={classes.chevron ?? ''} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={classes.name ?? ''}>{viewer.name}</Menu.Label>
        <Menu.Label>{ROLES[viewer.role]}</Menu.Label>
        <Menu.Item onClick={() => void leave(session)}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
