import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Program } from '../process/support/program.js';
import { ROOT } from '../process/support/root.js';
import { Scope } from '../process/support/scope.js';
import { succeed } from '../process/support/succeed.js';

/** Installing may download, and the first start compiles. */
const INSTALL_MAX_MS = 600_000;
const FIRST_START_MAX_MS = 180_000;
const INSTALL = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
const PRODUCTION = { NODE_ENV: 'production' };

const scope = Scope.ofFile();
let workingDirectory = '';

/** Copies the files of this checkout without what is installed and built here. */
beforeAll(async () => {
  workingDirectory = scope.temporaryFolder();
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const paths = (await succeed(scope, 'git', list, {})).split('\0');
  for (const path of paths.filter((one) => one !== '' && existsSync(join(ROOT, one))))
    cpSync(join(ROOT, path), join(workingDirectory, path), { verbatimSymlinks: true });
});

test(
  'a production install of a fresh checkout builds and starts, and the build runs without development packages',
  async () => {
    await succeed(scope, 'npm', INSTALL, { workingDirectory, environment: PRODUCTION });
    const settings = { MUSTER_DATA_DIR: join(workingDirectory, 'data'), MUSTER_MQTT_PORT: '0', MUSTER_HTTP_PORT: '0' };
    const environment = { ...PRODUCTION, ...settings };
    const server = new Program(scope, 'npm', ['start'], { workingDirectory, environment, ownGroup: true });
    await server.printed('muster: ready', FIRST_START_MAX_MS);
    await server.signal('SIGTERM');
    await succeed(scope, 'npm', [...INSTALL, '--omit=dev'], { workingDirectory });
    const story = await succeed(scope, process.execPath, ['scripts/smoke.js'], { workingDirectory });
    expect(story).toContain('smoke: muster-server passed');
  },
  INSTALL_MAX_MS,
);
