import { EngineError, type DeploymentView } from '@automator67/worker';
import { act, cleanup, fireEvent, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, test } from 'vitest';
import { Link } from 'wouter';
import { FakeClient } from '../../testing/fake-client';
import { makeApp, makeDeployment, makeNode, makePlan, makeReplica } from '../../testing/fake-data';
import { renderWith, screen, type Rendered } from '../../testing/render';
import { deployStore } from './deploy-draft';
import { DeployPage } from './DeployPage';

const NODES = ['node-1', 'node-2', 'node-3'].map((name) => makeNode({ name }));

function clientWith(state: ConstructorParameters<typeof FakeClient>[0] = {}): FakeClient {
  const client = new FakeClient({ nodes: NODES, ...state });
  client.answer('deploy.plan', ({ name }) => ({ plan: makePlan({ app: name ?? 'app' }) }));
  return client;
}

function folderFile(path: string): File {
  const file = new File(['x'], path.split('/').at(-1) ?? path);
  Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return file;
}

async function chooseFolder(): Promise<void> {
  fireEvent.change(screen.getByTestId('deploy-folder-input'), {
    target: {
      files: [folderFile('Guest Book/package.json'), folderFile('Guest Book/node_modules/a/b.js')],
    },
  });
  await screen.findByTestId('deploy-source');
}

async function toPlan({ user }: Rendered): Promise<void> {
  await chooseFolder();
  await user.click(screen.getByTestId('deploy-next'));
  await user.click(screen.getByTestId('deploy-next'));
  await screen.findByTestId('deploy-plan');
}

beforeEach(() => deployStore.reset());

describe('DeployPage', () => {
  test('a folder is packed without what never belongs in it, and named after itself', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <DeployPage />);
    expect(screen.getByTestId('deploy-next')).toBeDisabled();
    await chooseFolder();
    expect(client.folders[0]?.map((file) => file.path)).toEqual(['package.json']);
    expect(screen.getByTestId('deploy-skipped')).toHaveTextContent('node_modules');
    await user.click(screen.getByTestId('deploy-next'));
    expect(screen.getByTestId('deploy-name')).toHaveValue('guest-book');
    expect(screen.getByTestId('deploy-replicas')).toHaveValue('3');
  });

  test('an archive that cannot be read says why', async () => {
    const client = clientWith();
    client.addArchive = () =>
      Promise.reject(
        new EngineError({
          code: 'bad_archive',
          message: 'This is no zip.',
          hint: 'Pack it again.',
        }),
      );
    await renderWith(client, <DeployPage />);
    fireEvent.change(screen.getByTestId('deploy-archive-input'), {
      target: { files: [new File(['x'], 'app.zip')] },
    });
    expect(await screen.findByTestId('error-message')).toHaveTextContent('Pack it again.');
    expect(screen.getByTestId('deploy-next')).toBeDisabled();
  });

  test('a Git URL and ref go into the plan’s request; what was not set is not sent', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <DeployPage />);
    await user.type(screen.getByTestId('deploy-git-url'), 'https://example.com/you/shop.git');
    await user.type(screen.getByTestId('deploy-git-ref'), 'v2');
    await user.click(screen.getByTestId('deploy-next'));
    await user.click(screen.getByTestId('deploy-next'));
    await screen.findByTestId('deploy-plan');
    expect(client.sentOf('deploy.plan')).toEqual([
      {
        source: { kind: 'git', url: 'https://example.com/you/shop.git', ref: 'v2' },
        name: 'shop',
        replicas: 3,
        create: true,
      },
    ]);
  });

  test('a wrong Git URL is told at its field and goes no further', async () => {
    const { user } = await renderWith(clientWith(), <DeployPage />);
    await user.type(screen.getByTestId('deploy-git-url'), 'shop');
    await user.click(screen.getByTestId('deploy-next'));
    expect(screen.getByTestId('deploy-git-url')).toBeInvalid();
    expect(screen.queryByTestId('deploy-name')).toBeNull();
  });

  test('settings are checked while typing and sent as set', async () => {
    const client = clientWith();
    const { user } = await renderWith(client, <DeployPage />);
    await chooseFolder();
    await user.click(screen.getByTestId('deploy-next'));
    await user.clear(screen.getByTestId('deploy-name'));
    await user.type(screen.getByTestId('deploy-name'), 'My_App');
    expect(screen.getByTestId('deploy-name')).toBeInvalid();
    await user.clear(screen.getByTestId('deploy-name'));
    await user.type(screen.getByTestId('deploy-name'), 'shop');
    await user.click(screen.getByTestId('env-add'));
    await user.type(screen.getByTestId('env-name'), 'TOKEN');
    await user.type(screen.getByTestId('env-value'), 'abc');
    await user.type(screen.getByTestId('deploy-health'), '/healthz');
    await user.clear(screen.getByTestId('deploy-replicas'));
    await user.type(screen.getByTestId('deploy-replicas'), '5');
    await user.click(screen.getByTestId('deploy-next'));
    await screen.findByTestId('deploy-plan');
    expect(client.sentOf('deploy.plan')[0]).toMatchObject({
      name: 'shop',
      replicas: 5,
      env: { TOKEN: 'abc' },
      healthPath: '/healthz',
      create: true,
    });
  });

  test('the plan shows runtime, reasons and points before anything is done', async () => {
    const client = clientWith();
    const rendered = await renderWith(client, <DeployPage />);
    await toPlan(rendered);
    const plan = screen.getByTestId('deploy-plan');
    expect(plan).toHaveTextContent('package.json has a "start" script.');
    expect(plan).toHaveTextContent('node-1 has the most free CPU');
    expect(plan).toHaveTextContent('84.1');
    expect(client.sentOf('app.deploy')).toEqual([]);
  });

  test('a fault in a field leads back to that field', async () => {
    const client = clientWith();
    client.fail('deploy.plan', {
      code: 'invalid_input',
      message: 'PORT is set by the node.',
      field: 'env.PORT',
    });
    const { user } = await renderWith(client, <DeployPage />);
    await chooseFolder();
    await user.click(screen.getByTestId('deploy-next'));
    await user.click(screen.getByTestId('deploy-next'));
    expect(await screen.findByText('PORT is set by the node.')).toBeInTheDocument();
    expect(screen.getByTestId('deploy-name')).toBeInTheDocument();
  });

  test('no nodes: the plan says so and leads to claiming', async () => {
    const client = clientWith({ nodes: [] });
    client.fail('deploy.plan', {
      code: 'no_nodes',
      message: 'No node can take a replica.',
      hint: 'Claim one.',
    });
    const { user } = await renderWith(client, <DeployPage />);
    await chooseFolder();
    await user.click(screen.getByTestId('deploy-next'));
    await user.click(screen.getByTestId('deploy-next'));
    expect(await screen.findByTestId('error-message')).toHaveTextContent('Claim one.');
    expect(screen.getByTestId('deploy-start')).toBeDisabled();
    expect(screen.getByRole('link', { name: 'Claim a node' })).toHaveAttribute('href', '/nodes');
  });

  test('an existing app gets a new release: `create` is not sent', async () => {
    const client = clientWith({ apps: [makeApp({ name: 'guest-book' })] });
    const rendered = await renderWith(client, <DeployPage />);
    await toPlan(rendered);
    expect(client.sentOf('deploy.plan')[0]?.create).toBeUndefined();
  });
});

describe('DeployPage rollout', () => {
  type Roll = {
    client: FakeClient;
    rendered: Rendered;
    progress: (change: Partial<DeploymentView>) => void;
    finish: () => void;
    fail: (error: EngineError) => void;
  };

  async function start(): Promise<Roll> {
    const client = clientWith();
    let progress: Roll['progress'] = () => {};
    let finish = () => {};
    let fail: Roll['fail'] = () => {};
    client.answer('app.deploy', ({ name }, { onProgress }) => {
      progress = (change) =>
        act(() =>
          onProgress?.(makeDeployment({ id: 'd-1', app: name, release: `${name}-r1`, ...change })),
        );
      return new Promise((resolve, reject) => {
        finish = () =>
          resolve({ app: makeApp({ name }), deployment: makeDeployment({ id: 'd-1', app: name }) });
        fail = reject;
      });
    });
    const rendered = await renderWith(client, <DeployPage />);
    await toPlan(rendered);
    await rendered.user.click(screen.getByTestId('deploy-start'));
    await waitFor(() => expect(client.sentOf('app.deploy')).toHaveLength(1));
    return {
      client,
      rendered,
      progress: (change) => progress(change),
      finish: () => finish(),
      fail: (error) => fail(error),
    };
  }

  test('progress, replicas and in the end the URL', async () => {
    const roll = await start();
    roll.progress({ state: 'building', percent: 46, step: 'Running npm ci on node-2.', ready: 1 });
    act(() =>
      roll.client.emit('app.changed', {
        app: makeApp({
          name: 'guest-book',
          state: 'deploying',
          replicas: [
            makeReplica({ release: 'guest-book-r1', state: 'building', nodeName: 'node-2' }),
          ],
          deployment: makeDeployment({
            id: 'd-1',
            state: 'building',
            percent: 50,
            step: 'Running npm ci on node-2.',
            release: 'guest-book-r1',
          }),
        }),
      }),
    );
    expect(screen.getByTestId('deploy-progress')).toHaveTextContent('Running npm ci on node-2.');
    expect(screen.getByRole('progressbar', { name: 'Rollout' })).toHaveAttribute(
      'aria-valuenow',
      '50',
    );
    expect(screen.getByTestId('rollout-replica')).toHaveAttribute('data-state', 'building');
    roll.finish();
    expect(await screen.findByTestId('deploy-done-url')).toHaveAttribute(
      'href',
      'http://127.0.0.1:4700/@guest-book/',
    );
  });

  test('leaving the page and coming back shows the rollout as it is', async () => {
    const roll = await start();
    roll.progress({ state: 'starting', percent: 80, step: 'Waiting for node-3.' });
    cleanup();
    await renderWith(roll.client, <DeployPage />);
    expect(screen.getByTestId('deploy-progress')).toHaveTextContent('Waiting for node-3.');
  });

  test('a failed build shows hint and last lines, and that the former release serves', async () => {
    const roll = await start();
    act(() =>
      roll.client.emit('app.changed', {
        app: makeApp({
          name: 'guest-book',
          deployment: makeDeployment({ id: 'd-1', release: 'guest-book-r4', state: 'rolled-back' }),
        }),
      }),
    );
    roll.progress({ release: 'guest-book-r4', state: 'building', percent: 30, step: 'Building.' });
    roll.fail(
      new EngineError({
        code: 'build_failed',
        message: 'npm ci failed on node-1.',
        hint: 'Commit package-lock.json.',
        lines: ['\u001b[31mnpm ERR!\u001b[0m missing lock file'],
      }),
    );
    const error = await screen.findByTestId('error-message');
    expect(error).toHaveTextContent('Commit package-lock.json.');
    expect(error).toHaveTextContent('npm ERR! missing lock file');
    expect(screen.getByText(/Release 3 keeps serving/)).toBeInTheDocument();
    expect(screen.getByTestId('deploy-retry')).toBeInTheDocument();
  });

  test('cancel stops the command and says so', async () => {
    const roll = await start();
    await roll.rendered.user.click(screen.getByTestId('deploy-cancel'));
    expect(await screen.findByText('The rollout was cancelled.')).toBeInTheDocument();
  });

  test('choosing Deploy after a rollout starts afresh; one that ended unseen is shown first', async () => {
    const roll = await start();
    cleanup();
    await act(async () => roll.finish());
    const { user } = await renderWith(
      roll.client,
      <>
        <Link href="/deploy">Deploy again</Link>
        <DeployPage />
      </>,
    );
    expect(screen.getByTestId('toast')).toHaveTextContent('guest-book is live.');
    expect(screen.getByTestId('deploy-done-url')).toBeInTheDocument();
    await user.click(screen.getByRole('link', { name: 'Deploy again' }));
    expect(await screen.findByTestId('deploy-drop')).toBeInTheDocument();
  });

  test('coming back after a rollout that was seen starts afresh', async () => {
    const roll = await start();
    roll.finish();
    await screen.findByTestId('deploy-done-url');
    cleanup();
    await renderWith(roll.client, <DeployPage />);
    expect(screen.getByTestId('deploy-drop')).toBeInTheDocument();
  });
});
