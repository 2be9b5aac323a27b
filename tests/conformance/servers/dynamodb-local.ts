import { installed, run } from './install.ts';
import { type Server, startServer } from './server.ts';

const POM = 'tests/conformance/servers/pom.xml';
const NEEDS =
  'Java 17 or later and Maven, with Maven Central within reach (Debian: default-jre-headless, maven)';

/** Amazon's DynamoDB Local, in memory, with one database for all Regions and credentials. */
export const startDynamoDBLocal = async (): Promise<Server> => {
  const folder = await installed({
    name: 'dynamodb-local',
    pins: POM,
    install: (to) =>
      run(
        'mvn',
        [
          '-q',
          '-B',
          '-f',
          POM,
          'dependency:copy-dependencies',
          '-DincludeScope=runtime',
          `-DoutputDirectory=${to}`,
        ],
        NEEDS,
      ),
  });
  return startServer({
    name: 'DynamoDB Local',
    program: 'java',
    args: (port) => [
      '-Xmx512m',
      `-Dsqlite4java.library.path=${folder}`,
      '-cp',
      `${folder}/*`,
      'software.amazon.dynamodb.services.local.main.ServerRunner',
      '-inMemory',
      '-sharedDb',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
  });
};
