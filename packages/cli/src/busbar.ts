import { versions } from '@busbar/ocpp';
import { Command, InvalidArgumentError, Option } from 'commander';
import packageFile from '../package.json' with { type: 'json' };
import { printFailure } from './failure.ts';

/** The command line: what can be said. What it does is loaded when it is asked for, so that small answers are quick. */
async function main(): Promise<void> {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  try {
    await program().parseAsync();
  } catch (error) {
    printFailure(error);
    process.exitCode = 1;
  }
}

function program(): Command {
  return new Command('busbar')
    .description('An open platform for the Open Charge Point Protocol: OCPP 1.6-J, 2.0.1 and 2.1')
    .version(packageFile.version)
    .enablePositionalOptions()
    .showHelpAfterError('Try --help.')
    .addCommand(serveCommand())
    .addCommand(demoCommand())
    .addCommand(simulateCommand())
    .addCommand(tokenCommand())
    .addCommand(schemaCommand());
}

function serveCommand(): Command {
  return new Command('serve')
    .description('Run the charging station management system')
    .addOption(configFile())
    .addHelpText('after', settingsHelp)
    .action(async ({ config }) => (await import('./serve.ts')).serve(config));
}

function demoCommand(): Command {
  return new Command('demo')
    .description('Run the server together with a simulated site on which vehicles charge')
    .addOption(configFile())
    .option('--cluster', 'with two nodes and a NATS server: shows what happens when one of them ends')
    .addOption(
      new Option('--once', 'with --cluster: end when everything was shown').implies({ cluster: true }),
    )
    .addHelpText(
      'after',
      '\nIt keeps its data in the folder `demo` (`demo-cluster`) of the data folder, always on the embedded database.\n' +
        'Ports that are taken are exchanged for free ones, unless they were set.',
    )
    .action(async ({ config, cluster, once = false }) =>
      cluster
        ? (await import('./demo-cluster.ts')).demoCluster(config, { once })
        : (await import('./demo.ts')).demo(config),
    );
}

function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'Run charging stations in software against any CSMS; prints each message that is acknowledged',
    )
    .argument('<url>', 'the endpoint without the identity: ws://127.0.0.1:9000/ocpp')
    .option('--id <id>', 'the identity; with --count the beginning of it', 'SIM')
    .option('--count <number>', 'how many stations', positive, 1)
    .option('--evses <number>', 'how many EVSEs each of them has', positive, 1)
    .addOption(new Option('--version <version>', 'the version of OCPP').choices(versions).default('2.0.1'))
    .option('--password <password>', 'for Basic authentication, the same for all')
    .option('--token <token...>', "the drivers' cards", ['DEMO0001'])
    .action(async (url, options) => (await import('./simulate.ts')).simulate(url, options));
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('A whole number above 0 is needed.');
}

function tokenCommand(): Command {
  return new Command('token')
    .description(
      "Make the operator's token anew and print it; the one before is void. The server may run meanwhile",
    )
    .addOption(configFile())
    .action(async ({ config }) => (await import('./token.ts')).token(config));
}

function schemaCommand(): Command {
  return new Command('schema')
    .description('Print the JSON Schemas of the messages')
    .addOption(new Option('--version <version>', 'the version of OCPP').choices(versions))
    .option('--action <action>', 'the message: BootNotification, TransactionEvent, ...')
    .addOption(new Option('--kind <kind>', 'which side of the exchange').choices(['request', 'response']))
    .option('--list', 'print version, action, direction and kind of every message, one a line')
    .option('--all', 'print one JSON object: version -> action -> { request, response }')
    .action(async (options) => (await import('./schema.ts')).schema(options));
}

function configFile(): Option {
  return new Option('--config <file>', 'a file of settings, NAME=value in each line').env('BUSBAR_CONFIG');
}

const settingsHelp =
  '\nSettings are read from the environment, then from the file, then the defaults hold.\n' +
  'All of them: docs/reference/configuration.md';

await main();
