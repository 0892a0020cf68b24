// A test as it passes: what was tried, what is being tried, what is to come, and what came of it.
import { Alert, Loader, Text, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconPointFilled, IconX } from '@tabler/icons-react';
import { sentence } from './sentence';
import { news, type ShownStep, shownSteps, verdict } from './trialSteps';
import type { Trial } from './useTrial';
import classes from './Storages.module.css';

export function TrialSteps({ trial }: { trial: Trial }) {
  const told = verdict(trial);
  return (
    <div>
      <VisuallyHidden role="status" aria-live="polite">
        {news(trial)}
      </VisuallyHidden>
      <ol className={classes.list} aria-label="Steps of the test">
        {shownSteps(trial).map((step) => (
          <Step key={step.name} step={step} />
        ))}
      </ol>
      {trial.problem !== null && (
        <Alert color="red" mt="xs">
          {trial.problem}
        </Alert>
      )}
      {told?.ok === true && (
        <Alert color="green" mt="xs" icon={<IconCheck aria-hidden />}>
          Everything that copying needs works there.
        </Alert>
      )}
    </div>
  );
}

const STATES = { good: 'worked', bad: 'failed', trying: 'now', waiting: 'not tried yet' };

function Step({ step }: { step: ShownStep }) {
  const { state, words, message, durationMs } = step;
  return (
    <li
      className={classes.step}
      data-waiting={state === 'waiting' || undefined}
      aria-current={state === 'trying' ? 'step' : undefined}
    >
      <span className={classes.icon}>
        <Icon state={state} />
      </span>
      <Text span>
        {words}
        <VisuallyHidden>, {STATES[state]}</VisuallyHidden>
      </Text>
      <Text span size="sm" c="dimmed">
        {durationMs !== null && took(durationMs)}
      </Text>
      {message !== null && (
        <Text span size="sm" className={classes.message ?? ''} c={state === 'bad' ? 'var(--danger)' : 'dimmed'}>
          {state === 'bad' ? sentence(message) : message}
        </Text>
      )}
    </li>
  );
}

function Icon({ state }: Pick<ShownStep, 'state'>) {
  switch (state) {
    case 'good':
      return <IconCheck size={18} className={classes.good} aria-hidden />;
    case 'bad':
      return <IconX size={18} className={classes.bad} aria-hidden />;
    case 'trying':
      return <Loader size={16} aria-hidden />;
    case 'waiting':
      return <IconPointFilled size={12} aria-hidden />;
  }
}

function took(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
